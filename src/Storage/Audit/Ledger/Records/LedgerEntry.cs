using System.Text.Json;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>An entry as a log takes it: what record and columns hold alike.</summary>
internal sealed record LedgerEntry
{
    private static readonly DateTime Earliest = new(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Latest = new(2999, 12, 31, 0, 0, 0, DateTimeKind.Utc);

    public required Guid Id { get; init; }
    /// <summary>UTC, whole microseconds, years 1970 to 2999: what PostgreSQL gives back as it took it.</summary>
    public required DateTime Timestamp { get; init; }
    public required string TenantId { get; init; }
    public required string UserId { get; init; }
    public required string UserRole { get; init; }
    /// <summary><c>LOGIN_FAILED</c>.</summary>
    public required string Action { get; init; }
    public required string Resource { get; init; }
    public string? ResourceId { get; init; }
    public string? IpAddress { get; init; }
    public string? UserAgent { get; init; }
    public string? RequestId { get; init; }
    /// <summary>Canonical JSON object.</summary>
    public byte[]? Details { get; init; }
    /// <summary><c>SUCCESS</c> or <c>FAILURE</c>.</summary>
    public required string Result { get; init; }
    public string? ErrorCode { get; init; }
    public required int DurationMs { get; init; }
    /// <summary>Whose key seals <see cref="Sealed"/>.</summary>
    public string? Person { get; init; }
    public byte[]? Sealed { get; init; }

    /// <param name="detail">The entry's personal detail, sealed; null: none.</param>
    public static LedgerEntry Of(AuditEntry entry, SealedDetail? detail) => new()
    {
        Id = entry.Id,
        Timestamp = Storable(entry.Timestamp),
        TenantId = StorableText.Of(entry.TenantId),
        UserId = StorableText.Of(entry.UserId),
        UserRole = StorableText.Of(entry.UserRole),
        Action = ActionName(entry.Action),
        Resource = StorableText.Of(entry.Resource),
        ResourceId = StorableText.OrNull(entry.ResourceId),
        IpAddress = StorableText.OrNull(entry.IpAddress),
        UserAgent = StorableText.OrNull(entry.UserAgent, StorableText.LongestUserAgent),
        RequestId = StorableText.OrNull(entry.RequestId),
        Details = entry.Details is null ? null : StorableJson.Of(entry.Details),
        Result = entry.Success ? "SUCCESS" : "FAILURE",
        ErrorCode = StorableText.OrNull(entry.ErrorCode),
        DurationMs = entry.DurationMs,
        Person = detail?.Person,
        Sealed = detail?.Box,
    };

    public static string ActionName(AuditAction action) => Actions.TryGetValue(action, out var name) ? name : NameOf(action);

    private static readonly Dictionary<AuditAction, string> Actions = Enum.GetValues<AuditAction>().ToDictionary(action => action, NameOf);

    private static string NameOf(AuditAction action) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(action.ToString());

    /// <summary>Whole microseconds, PostgreSQL's resolution.</summary>
    public static DateTime Micros(DateTimeOffset at)
    {
        var utc = at.UtcDateTime;
        return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private static DateTime Storable(DateTimeOffset at)
    {
        var utc = Micros(at);
        return utc < Earliest ? Earliest : utc > Latest ? Latest : utc;
    }
}

/// <summary>Personal detail, sealed under the key of a person.</summary>
internal sealed record SealedDetail(string Person, byte[] Box);
