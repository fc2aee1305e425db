using System.Collections.Immutable;

namespace ComplianceGrid.Identity;

/// <summary>
/// How many more tries an address has. Failures are counted by parts of the window, so one counts for the window and up to a part longer, and
/// the state stays small. What changes nothing returns the same state. No part is trusted to lie after now: when the clock was set back it counts from now.
/// </summary>
internal static class AddressRule
{
    private const int Parts = 15;

    /// <param name="open">Tries that are reserved.</param>
    /// <returns>Null: there is room for one more. Else when there will be.</returns>
    public static TimeSpan? WaitFor(AddressState state, int open, AddressLimits limits, DateTimeOffset now)
    {
        state = Settle(state, limits, now);
        var over = open + state.Failures.Sum(it => it.Count) - limits.Failures + 1;
        if (over <= 0) return null;
        foreach (var part in state.Failures)
        {
            over -= part.Count;
            if (over <= 0) return EndOf(part, limits) - now;
        }

        return limits.Window / Parts; // those that are reserved are told of by then
    }

    public static AddressState Failed(AddressState state, AddressLimits limits, DateTimeOffset now)
    {
        state = Settle(state, limits, now);
        var part = PartOf(now, limits);
        var last = state.Failures is [.., var newest] && newest.Part == part ? newest : null;
        return state with { Failures = last is null ? state.Failures.Add(new(part, 1)) : state.Failures.Replace(last, last with { Count = last.Count + 1 }) };
    }

    /// <summary>Without what does not count any more.</summary>
    public static AddressState Settle(AddressState state, AddressLimits limits, DateTimeOffset now)
    {
        var part = PartOf(now, limits);
        if (state.Failures.All(it => it.Part <= part && EndOf(it, limits) > now)) return state;
        var ahead = state.Failures.Where(it => it.Part >= part).Sum(it => it.Count);
        ImmutableArray<AddressFailures> kept = [.. state.Failures.Where(it => it.Part < part && EndOf(it, limits) > now)];
        return state with { Failures = ahead > 0 ? kept.Add(new(part, ahead)) : kept };
    }

    /// <summary>When nothing of it will count any more; null: nothing does.</summary>
    public static DateTimeOffset? ForgetAt(AddressState state, AddressLimits limits) => state.Failures.IsEmpty ? null : EndOf(state.Failures[^1], limits);

    private static long PartOf(DateTimeOffset at, AddressLimits limits) => at.UtcTicks / (limits.Window.Ticks / Parts);

    private static DateTimeOffset EndOf(AddressFailures failures, AddressLimits limits) =>
        new((failures.Part + 1) * (limits.Window.Ticks / Parts) + limits.Window.Ticks, TimeSpan.Zero);
}
