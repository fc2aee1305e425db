using System.Collections.Frozen;
using System.Text.Json;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Api.AuditLog;

/// <summary>Actions as the log writes them, <c>LOGIN_FAILED</c>.</summary>
internal static class ActionNames
{
    // What only the grid itself knows to have happened; nobody else can say it did.
    private static readonly AuditAction[] Own = [AuditAction.WebhookReceived, AuditAction.StatusChanged, AuditAction.LedgerEpochOpened, AuditAction.SessionEnded,
        AuditAction.ApiKeyCreated, AuditAction.ApiKeyRotated, AuditAction.ApiKeyRevoked, AuditAction.ApiKeyDenied, AuditAction.TenantSwitched];

    public static readonly FrozenDictionary<string, AuditAction> All = Enum.GetValues<AuditAction>()
        .ToFrozenDictionary(action => JsonNamingPolicy.SnakeCaseUpper.ConvertName(action.ToString()), StringComparer.OrdinalIgnoreCase);

    public static readonly FrozenDictionary<string, AuditAction> Sendable =
        All.Where(action => !Own.Contains(action.Value)).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The name as the log has it.</summary>
    public static string Searched(string field, string value) =>
        All.Keys.FirstOrDefault(name => name.Equals(value, StringComparison.OrdinalIgnoreCase)) ?? throw Refuse(field, All.Keys);

    public static AuditAction Sent(string field, string value) => Sendable.TryGetValue(value, out var action) ? action : throw Refuse(field, Sendable.Keys);

    private static GridException Refuse(string field, IEnumerable<string> names) => Fields.Refuse(field, $"be one of {string.Join(", ", names.Order(StringComparer.Ordinal))}");
}
