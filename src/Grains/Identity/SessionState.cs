using ComplianceGrid.Storage.GrainState;

namespace ComplianceGrid.Identity;

public sealed record SessionState : StoredState
{
    /// <summary>Null: it has not begun. It may have ended all the same, and then never begins.</summary>
    public StartSession? Start { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset LastActivityAt { get; init; }
    public DateTimeOffset EndsAt { get; init; }
    public SessionEnding? Ended { get; init; }
}

/// <summary>AC-11, AC-12 and AC-10, with this product's values.</summary>
public sealed record SessionLimits
{
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(15);
    public TimeSpan Absolute { get; init; } = TimeSpan.FromHours(12);
    public TimeSpan PrivilegedAbsolute { get; init; } = TimeSpan.FromHours(1);
    /// <summary>Sessions of one account, over all tenants.</summary>
    public int AtOnce { get; init; } = 3;
    /// <summary>For how long a session that ended can still be asked how.</summary>
    public TimeSpan KeepEnded { get; init; } = TimeSpan.FromDays(1);

    public TimeSpan AbsoluteOf(bool privileged) => privileged ? PrivilegedAbsolute : Absolute;
}
