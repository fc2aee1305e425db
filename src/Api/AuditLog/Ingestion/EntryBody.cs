using System.Collections.Immutable;
using System.ComponentModel;
using System.Text.Json;

namespace ComplianceGrid.Api.AuditLog.Ingestion;

/// <summary>An act that another service puts on record. Its tenant is the token's.</summary>
internal sealed record EntryBody
{
    [Description("A UUID (version 4 or 7) of the sender's making: sent again, nothing is written again. Absent: derived from the Idempotency-Key, else a new UUIDv7.")]
    public Guid? Id { get; init; }
    [Description("When it was done; at most 5 minutes ahead of our clock.")]
    public required DateTimeOffset Timestamp { get; init; }
    [Description("Who did it, as the sender knows them.")]
    public required string UserId { get; init; }
    [Description("Their role at that moment.")]
    public required string UserRole { get; init; }
    [Description("CREATE, READ, UPDATE, DELETE, EXPORT, LOGIN, LOGOUT, LOGIN_FAILED, MFA_ENROLLED, PASSWORD_RESET, ACCESS_DENIED, PRIVILEGE_ESCALATION, USER_CREATED, USER_DISABLED, ROLE_CHANGED, ACCOUNT_LOCKED, SESSION_EXPIRED, SUSPICIOUS_ACTIVITY, POLICY_UPDATED, AUDIT_INITIATED or REPORT_GENERATED.")]
    public required string Action { get; init; }
    [Description("The kind of record, for example employees or drug_tests.")]
    public required string Resource { get; init; }
    public string? ResourceId { get; init; }
    public string? IpAddress { get; init; }
    public string? UserAgent { get; init; }
    [Description("Trace id for correlation.")]
    public string? RequestId { get; init; }
    [Description("Codes, counts and statuses, in clear for ever: nothing personal. At most 8 KiB.")]
    public Dictionary<string, JsonElement>? Details { get; init; }
    [Description("Whose key seals before, after, query, reason and message: an employee's id. Absent: the actor's.")]
    public string? PersonId { get; init; }
    [Description("The record before; sealed. All that is sealed: at most 16 KiB.")]
    public Dictionary<string, JsonElement>? Before { get; init; }
    [Description("The record after; sealed.")]
    public Dictionary<string, JsonElement>? After { get; init; }
    [Description("What was asked for; sealed.")]
    public string? Query { get; init; }
    [Description("Why it was done; sealed.")]
    public string? Reason { get; init; }
    [Description("What went wrong, in words; sealed.")]
    public string? Message { get; init; }
    [Description("SUCCESS or FAILURE.")]
    public required string Result { get; init; }
    [Description("The sender's own code of the failure.")]
    public string? ErrorCode { get; init; }
    [Description("How long it took, in milliseconds.")]
    public int? DurationMs { get; init; }
}

internal sealed record EntryBatchBody
{
    [Description("1 to 1,000; one that is not acceptable refuses them all.")]
    public required EntryBody[] Entries { get; init; }
}

internal sealed record LoggedAnswer([property: Description("The entries' ids, in their order.")] ImmutableArray<Guid> Ids);
