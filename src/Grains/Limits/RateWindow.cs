using System.Collections.Immutable;

namespace ComplianceGrid.Limits;

/// <summary>What each process was granted in one window.</summary>
internal sealed record RateWindow(long Number, ImmutableDictionary<Guid, long> Granted)
{
    public static readonly RateWindow None = new(0, ImmutableDictionary<Guid, long>.Empty);

    public long Total => Granted.Values.Sum();
}
