using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ComplianceGrid.Storage.GrainState;

namespace ComplianceGrid.Identity;

/// <summary>What is known of one name's tries. Bounded: nine counters of as many tries as are allowed.</summary>
public sealed record LockOutState : StoredState
{
    public static readonly LockOutState Nothing = new();

    /// <summary>Of everybody but the devices below.</summary>
    public LockOutCounter Strangers { get; init; } = LockOutCounter.Empty;

    /// <summary>Which have signed in before, longest ago first.</summary>
    public ImmutableArray<KnownDevice> Devices { get; init; } = [];

    [JsonIgnore] public bool IsNothing => Strangers.IsEmpty && Devices.IsEmpty && Later is null;
}

public sealed record LockOutCounter
{
    public static readonly LockOutCounter Empty = new();

    /// <summary>Reserved since the last success, within the window or until the lock ends; oldest first.</summary>
    public ImmutableArray<SignInTry> Tries { get; init; } = [];

    /// <summary>Set by the try that used up the limit.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>Whose answer told of the lock.</summary>
    public Guid? ToldBy { get; init; }

    [JsonIgnore] public bool IsEmpty => Tries.IsEmpty && LockedUntil is null;
}

/// <param name="Failed">False: not answered yet. It counts all the same.</param>
public sealed record SignInTry(Guid Attempt, DateTimeOffset At, bool Failed);

public sealed record KnownDevice(string Device, DateTimeOffset SeenAt, LockOutCounter Counter);

/// <summary>AC-7 a and b, with FedRAMP's values of revision 4.</summary>
public sealed record LockOutLimits
{
    public int Tries { get; init; } = 3;
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(15);
    public TimeSpan Lock { get; init; } = TimeSpan.FromMinutes(30);
    /// <summary>For how long a device is known after it signed in.</summary>
    public TimeSpan Remember { get; init; } = TimeSpan.FromDays(90);
}
