using System.Collections.Immutable;

namespace ComplianceGrid.Status;

/// <summary>From an instant on: why it is not green; null: green.</summary>
internal readonly record struct Segment(DateTimeOffset From, StatusReason? Reason);

/// <summary>What is true of one requirement at every instant, for facts that stay as they are. Neighbours always differ.</summary>
/// <param name="Segments">Ascending; the first begins with time itself.</param>
internal sealed record Timeline(ImmutableArray<Segment> Segments)
{
    public StatusReason? At(DateTimeOffset instant)
    {
        var i = Segments.Length - 1;
        while (Segments[i].From > instant) i--;
        return Segments[i].Reason;
    }

    /// <summary>The instants at which something changes.</summary>
    public IEnumerable<DateTimeOffset> Changes => Segments.Skip(1).Select(s => s.From);

    public static Timeline Always(StatusReason? reason) => new([new(DateTimeOffset.MinValue, reason)]);

    /// <param name="judge">Constant between any two of <paramref name="boundaries"/>.</param>
    /// <param name="boundaries">In any order; the end of time is never reached.</param>
    public static Timeline Of(Func<DateTimeOffset, StatusReason?> judge, IEnumerable<DateTimeOffset> boundaries)
    {
        var segments = ImmutableArray.CreateBuilder<Segment>();
        segments.Add(new(DateTimeOffset.MinValue, judge(DateTimeOffset.MinValue)));
        foreach (var at in boundaries.Where(b => b < DateTimeOffset.MaxValue).Distinct().Order())
        {
            var reason = judge(at);
            if (reason != segments[^1].Reason) segments.Add(new(at, reason));
        }

        return new(segments.ToImmutable());
    }
}
