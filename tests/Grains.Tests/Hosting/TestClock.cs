namespace ComplianceGrid.Hosting;

/// <summary>What time it is, as the test says. Timers and durations stay the machine's: Orleans lives by them.</summary>
internal sealed class TestClock : TimeProvider
{
    public DateTimeOffset Now { get; set; }

    public override DateTimeOffset GetUtcNow() => Now;
}
