using System.Collections.Immutable;

namespace ComplianceGrid.Limits;

/// <summary>
/// Fixed windows, leased in chunks. The fewer permits are left, the smaller a chunk: what a process leases and does not use is lost to the
/// others until the window ends. A process says what it has, so a new activation soon knows what the former knew.
/// </summary>
internal static class RateRule
{
    /// <param name="phase">By how much this count's windows begin later than the round time: not all counts begin at once.</param>
    public static (RateWindow Next, RateGrant Grant) Lease(RateWindow window, RateAsk ask, TimeSpan phase, DateTimeOffset now)
    {
        var ticks = now.UtcTicks - (phase.Ticks % ask.Window.Ticks);
        var number = ticks / ask.Window.Ticks;
        // Any other number begins anew: after a clock was set back nobody waits for it to catch up.
        if (window.Number != number) window = new(number, ImmutableDictionary<Guid, long>.Empty);

        var held = window.Granted.GetValueOrDefault(ask.Holder);
        if (ask.Number == 0 || ask.Number == number) held = Math.Max(held, Math.Min(ask.Held, ask.Limit));
        var free = Math.Max(0, ask.Limit - (window.Total - window.Granted.GetValueOrDefault(ask.Holder)) - held);
        var granted = Math.Clamp(ask.UpTo - held, 0, (free + 3) / 4);
        if (held + granted > 0) window = window with { Granted = window.Granted.SetItem(ask.Holder, held + granted) };
        return (window, new(number, TimeSpan.FromTicks(ask.Window.Ticks - (ticks % ask.Window.Ticks)), held + granted, free - granted));
    }
}
