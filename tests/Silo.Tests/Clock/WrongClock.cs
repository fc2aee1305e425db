namespace ComplianceGrid.Silo.Tests.Clock;

/// <summary>A machine whose clock is wrong, and may be set; how time passes on it is right.</summary>
/// <param name="right">Null: this machine's.</param>
internal sealed class WrongClock(TimeProvider? right = null) : TimeProvider
{
    private readonly TimeProvider _right = right ?? System;

    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => _right.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _right.GetUtcNow() + Ahead;

    public override long GetTimestamp() => _right.GetTimestamp();
}
