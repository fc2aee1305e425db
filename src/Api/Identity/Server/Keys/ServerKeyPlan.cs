using System.Collections.Immutable;
using ComplianceGrid.Api.Identity.Accounts;

namespace ComplianceGrid.Api.Identity.Server.Keys;

/// <summary>Which keys are used, made and dropped at an instant. Pure.</summary>
internal static class ServerKeyPlan
{
    /// <summary>A new key is published so long before it is used: whoever keeps the key set a while has it by then.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromHours(1);

    /// <summary>Longer than anything lives that was signed or sealed with a key when its successor took over (a session: 12 hours).</summary>
    public static readonly TimeSpan Lingers = TimeSpan.FromHours(24);

    /// <summary>The one in force first, then those before it, then those to come.</summary>
    public static ImmutableArray<ServerKey> InOrder(IEnumerable<ServerKey> keys, DateTimeOffset now)
    {
        var sorted = keys.OrderByDescending(key => key.ActiveFrom).ThenBy(key => key.Id, StringComparer.Ordinal).ToArray();
        return [.. sorted.Where(key => key.ActiveFrom <= now), .. sorted.Where(key => key.ActiveFrom > now).Reverse()];
    }

    /// <summary>When the next one takes over, if one is to be made now; null: none is.</summary>
    /// <param name="keys">Of one use.</param>
    public static DateTimeOffset? Next(IReadOnlyCollection<ServerKey> keys, DateTimeOffset now, TimeSpan life)
    {
        if (keys.Count == 0) return now;
        var newest = keys.Max(key => key.ActiveFrom);
        return newest <= now && now - newest >= life - Ahead ? now + Ahead : null;
    }

    /// <summary>Those whose successor has been in force long enough.</summary>
    public static ImmutableArray<ServerKey> Spent(IReadOnlyCollection<ServerKey> keys, DateTimeOffset now) =>
        [.. keys.Where(key => keys.Any(other => other.Use == key.Use && other.ActiveFrom > key.ActiveFrom && other.ActiveFrom + Lingers <= now))];
}
