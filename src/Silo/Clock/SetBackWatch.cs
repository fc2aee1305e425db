namespace ComplianceGrid.Silo.Clock;

/// <summary>Whether a machine's clock was set back, told by its monotonic clock: a clock that is slewed, as NTP does it, slews both.</summary>
internal sealed class SetBackWatch(TimeProvider machine)
{
    private readonly GridClock _passed = new(machine); // it follows no reading: the time that has passed, and nothing else
    private TimeSpan _furthest;

    /// <summary>By how much it is behind the furthest that it was at an earlier look.</summary>
    public TimeSpan Look()
    {
        var ahead = _passed.MachineAhead;
        if (ahead > _furthest) _furthest = ahead;
        return _furthest - ahead;
    }
}
