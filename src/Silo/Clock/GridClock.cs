namespace ComplianceGrid.Silo.Clock;

/// <summary>
/// The silos' clock: PostgreSQL's, carried on between readings by this machine's monotonic one. All silos so agree on what is due and for how long,
/// and a machine whose clock is wrong, or is set, misleads none of them (NIST SP 800-53 AU-8, SC-45).
/// </summary>
/// <param name="machine">Until the first reading it is this one's time.</param>
internal sealed class GridClock(TimeProvider machine) : TimeProvider
{
    private Reading _last = new(machine.GetUtcNow(), machine.GetTimestamp());

    public TimeProvider Machine => machine;

    public override DateTimeOffset GetUtcNow() => At(machine.GetTimestamp());

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    /// <summary>By how much the machine's clock is ahead of this one; negative: behind.</summary>
    public TimeSpan MachineAhead => machine.GetUtcNow() - GetUtcNow();

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>
    /// Goes by what PostgreSQL's clock showed at some moment between two timestamps. When this clock may have shown the same then, it goes on as it is:
    /// how long an answer took is no reason to step.
    /// </summary>
    public void Follow(DateTimeOffset shown, long asked, long answered)
    {
        if (shown < At(asked) || shown > At(answered)) Volatile.Write(ref _last, new(shown, asked + (answered - asked) / 2));
    }

    private DateTimeOffset At(long timestamp)
    {
        var last = Volatile.Read(ref _last);
        return last.Shown + machine.GetElapsedTime(last.At, timestamp);
    }

    private sealed record Reading(DateTimeOffset Shown, long At);
}
