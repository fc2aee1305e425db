using System.Collections.Frozen;
using System.Collections.Immutable;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Storage.Identity;

namespace ComplianceGrid.Api.Identity.ApiKeys;

/// <summary>What a key may be given, and how its secrets follow one another. Pure.</summary>
internal static class ApiKeyRules
{
    public const int DefaultDays = 90;
    public const int MostDays = 365;
    public const int DefaultOverlapHours = 24;
    public const int MostOverlapHours = 7 * 24;

    /// <summary>Secrets of one key that are good at once: the newest, and those that it replaced.</summary>
    public const int MostSecrets = 5;

    /// <summary>What people do in person: a key makes no keys, ends nobody's session, approves nothing, and is nobody's own record.</summary>
    private static readonly FrozenSet<string> Personal = new[]
    {
        Permission.Self, Permission.EmployeesReadOwn, Permission.WaiversApprove, Permission.SessionsRead, Permission.SessionsEnd,
        Permission.ApiKeysRead, Permission.ApiKeysWrite, Permission.ApiKeysRevoke, Permission.FactorsReset,
        Permission.EventsReplay,
    }.ToFrozenSet();

    public static bool IsGrantable(string permission) => RoleTable.All.Contains(permission) && !Personal.Contains(permission);

    /// <summary>What the key may do now: never more than its owner may now. And look at itself.</summary>
    public static FrozenSet<string> Effective(ImmutableArray<string> granted, ImmutableArray<string> ownersRoles) =>
        granted.Where(IsGrantable).Intersect(RoleTable.Of(ownersRoles)).Append(Permission.Self).ToFrozenSet();

    /// <summary>The new one first; the others stay good for the overlap, and never longer than they were. Null: too many are still good.</summary>
    public static ImmutableArray<ApiKeySecret>? Rotate(ImmutableArray<ApiKeySecret> before, ApiKeySecret added, DateTimeOffset now, TimeSpan overlap)
    {
        var end = now + overlap;
        var kept = before.Select(secret => secret.GoodUntil < end ? secret : secret with { GoodUntil = end }).Where(secret => secret.GoodUntil > now).ToArray();
        return kept.Length < MostSecrets ? [added, .. kept] : null;
    }
}
