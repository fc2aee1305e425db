using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Limits;

/// <summary>
/// Counts, for all Api processes, what one caller asks in a fixed window of time. Key: <c>tenant/uuid</c>, a hash of whose count it is. In
/// memory: a count that is lost is told again by those who hold leases of it (docs/adr/0017).
/// </summary>
[Alias("IRateGrain")]
public interface IRateGrain : ITenantGrain
{
    /// <summary>Leases permits of the window that runs. A repeat is granted no more than the first asked for.</summary>
    /// <exception cref="GridException"><see cref="GridError.Invalid"/>: the ask makes no sense.</exception>
    [Alias("Lease")] Task<RateGrant> Lease(RateAsk ask);
}

/// <summary>What a process holds of a window, and would like to.</summary>
[GenerateSerializer, Immutable, Alias("RateAsk")]
public sealed record RateAsk
{
    /// <summary>The process, by an id of its run.</summary>
    [Id(0)] public required Guid Holder { get; init; }
    /// <summary>Permits of a window, to all processes together.</summary>
    [Id(1)] public required long Limit { get; init; }
    /// <summary>The window's length.</summary>
    [Id(2)] public required TimeSpan Window { get; init; }
    /// <summary>The window that the process knows of; 0: none yet.</summary>
    [Id(3)] public required long Number { get; init; }
    /// <summary>Permits that it has in that window: granted, or used before it asked.</summary>
    [Id(4)] public required long Held { get; init; }
    /// <summary>Permits that it would like to have in all.</summary>
    [Id(5)] public required long UpTo { get; init; }
}

/// <param name="Number">The window that runs.</param>
/// <param name="EndsIn">A span, not an instant: clocks of two machines differ.</param>
/// <param name="Granted">Permits that the process has in this window, in all.</param>
/// <param name="Left">Permits that nobody has yet.</param>
[GenerateSerializer, Immutable, Alias("RateGrant")]
public sealed record RateGrant([property: Id(0)] long Number, [property: Id(1)] TimeSpan EndsIn, [property: Id(2)] long Granted, [property: Id(3)] long Left);
