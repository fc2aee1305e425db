namespace ComplianceGrid.Audit;

/// <summary>
/// One act: who, what, on which record, from where, with which result (AU-3). Personal detail stands in <see cref="Personal"/> alone.
/// </summary>
[GenerateSerializer, Immutable, Alias("AuditEntry")]
public sealed record AuditEntry
{
    /// <summary>UUIDv7, or derived from the cause: a repeat carries the same id.</summary>
    [Id(0)] public required Guid Id { get; init; }
    /// <summary>The caller's time of the act.</summary>
    [Id(1)] public required DateTimeOffset Timestamp { get; init; }
    /// <summary>The tenant whose log it belongs to; that of <see cref="Tenancy.TenantId.System"/> when there is none.</summary>
    [Id(2)] public required string TenantId { get; init; }
    /// <summary>The actor: a user id, or <c>system:{part}</c>, <c>vendor:{name}</c>, <c>anonymous</c>.</summary>
    [Id(3)] public required string UserId { get; init; }
    [Id(4)] public required string UserRole { get; init; }
    [Id(5)] public required AuditAction Action { get; init; }
    /// <summary>For example <c>employees</c>, <c>policies</c>, <c>webhooks</c>.</summary>
    [Id(6)] public required string Resource { get; init; }
    [Id(7)] public string? ResourceId { get; init; }
    [Id(8)] public string? IpAddress { get; init; }
    [Id(9)] public string? UserAgent { get; init; }
    /// <summary>Trace id for correlation.</summary>
    [Id(10)] public string? RequestId { get; init; }
    /// <summary>JSON object of codes, counts and statuses; null: none.</summary>
    [Id(11)] public string? Details { get; init; }
    [Id(12)] public required bool Success { get; init; }
    /// <summary>For example <c>GRID-1008</c>.</summary>
    [Id(13)] public string? ErrorCode { get; init; }
    /// <summary>Milliseconds.</summary>
    [Id(14)] public int DurationMs { get; init; }
    /// <summary>Whose key seals <see cref="Personal"/>: an employee's id, or a user's.</summary>
    [Id(15)] public string? PersonId { get; init; }
    /// <summary>
    /// JSON object of personal detail (before and after, query, free text), in clear in memory and on the wire to the silo only: outbox
    /// and spool seal it, and the log takes it sealed under the person's key. Null: none.
    /// </summary>
    [Id(16)] public string? Personal { get; init; }

    /// <summary>
    /// The same detail, sealed already under that person's key, for this entry: by a silo, in the transaction of the change that it
    /// tells of. Then <see cref="Personal"/> is null.
    /// </summary>
    [Id(17)] public byte[]? Sealed { get; init; }

    /// <summary>The actor whom nobody knows.</summary>
    public const string Anonymous = "anonymous";
}

/// <summary>What was done.</summary>
public enum AuditAction
{
    Create, Read, Update, Delete, Export,
    Login, Logout, LoginFailed, MfaEnrolled, PasswordReset,
    AccessDenied, PrivilegeEscalation,
    UserCreated, UserDisabled, RoleChanged,
    AccountLocked, SessionExpired, SuspiciousActivity,
    PolicyUpdated, AuditInitiated, ReportGenerated,
    WebhookReceived, StatusChanged,
    LedgerEpochOpened,
    SessionEnded,
    ApiKeyCreated, ApiKeyRotated, ApiKeyRevoked, ApiKeyDenied,
    TenantSwitched,
}
