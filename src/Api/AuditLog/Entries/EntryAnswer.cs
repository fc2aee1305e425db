using System.ComponentModel;
using System.Text.Json;
using ComplianceGrid.Storage.Audit.Search;

namespace ComplianceGrid.Api.AuditLog.Entries;

/// <summary>An entry, read from its record, the leaf of the tenant's tree.</summary>
internal sealed record EntryAnswer
{
    public required Guid Id { get; init; }
    [Description("The caller's time of the act.")]
    public required DateTimeOffset Timestamp { get; init; }
    [Description("When it went on record; never falling within a log. Searches and pages go by it.")]
    public required DateTimeOffset CreatedAt { get; init; }
    public required int Epoch { get; init; }
    [Description("The place in the log of the epoch, from 0.")]
    public required long LeafIndex { get; init; }
    public required string UserId { get; init; }
    public required string UserRole { get; init; }
    [Description("For example LOGIN_FAILED.")]
    public required string Action { get; init; }
    public required string Resource { get; init; }
    public string? ResourceId { get; init; }
    public string? IpAddress { get; init; }
    public string? UserAgent { get; init; }
    [Description("Trace id: the same in logs and traces.")]
    public string? RequestId { get; init; }
    [Description("Codes, counts and statuses.")]
    public JsonElement? Details { get; init; }
    [Description("SUCCESS or FAILURE.")]
    public required string Result { get; init; }
    public string? ErrorCode { get; init; }
    public required int DurationMs { get; init; }
    [Description("Whose key seals the personal detail.")]
    public string? Person { get; init; }
    [Description("Whether there is personal detail, sealed.")]
    public required bool HasPersonal { get; init; }

    public static EntryAnswer Of(StoredEntry stored) => Of(stored, EntryRecord.Parse(stored.Record));

    public static EntryAnswer Of(StoredEntry stored, EntryRecord record) => new()
    {
        Id = stored.Id,
        Timestamp = record.Timestamp,
        CreatedAt = record.CreatedAt,
        Epoch = stored.Position.Epoch,
        LeafIndex = stored.Position.LeafIndex,
        UserId = record.UserId,
        UserRole = record.UserRole,
        Action = record.Action,
        Resource = record.Resource,
        ResourceId = record.ResourceId,
        IpAddress = record.IpAddress,
        UserAgent = record.UserAgent,
        RequestId = record.RequestId,
        Details = record.Details,
        Result = record.Result,
        ErrorCode = record.ErrorCode,
        DurationMs = record.DurationMs,
        Person = record.Person,
        HasPersonal = record.Sealed is not null,
    };
}

/// <summary>One entry, whole.</summary>
internal sealed record EntryDetailAnswer
{
    public required EntryAnswer Entry { get; init; }
    [Description("none: there is no personal detail. sealed: there is, for callers with audit:personal. open: it is here. erased: the person's key is gone for good.")]
    public required PersonalState PersonalState { get; init; }
    [Description("What was sealed: before, after, query, reason, message.")]
    public JsonElement? Personal { get; init; }
    [Description("The record, whose UTF-8 bytes the tree hashes as a leaf.")]
    public required string Record { get; init; }
}

internal enum PersonalState { None, Sealed, Open, Erased }
