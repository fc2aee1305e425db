using System.Collections.Immutable;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Parking;

/// <summary>A tenant's events that no delivery could get saved, and that wait for a person. Key: <see cref="TenantId"/>.</summary>
[Alias("IParkedEventsGrain")]
public interface IParkedEventsGrain : ITenantGrain
{
    /// <summary>Those still parked, oldest first.</summary>
    /// <param name="after">The last id of the page before; null: from the oldest.</param>
    [Alias("List")] Task<ImmutableArray<ParkedEvent>> List(Guid? after, int max);

    /// <summary>Appends the event to the log as if new. Repeating it changes nothing.</summary>
    /// <returns>False: it was replayed before.</returns>
    /// <exception cref="GridException"><see cref="GridError.NotFound"/>: none is parked under this id. <see cref="GridError.Invalid"/>: no grain listens to it, so it stays.</exception>
    [Alias("Replay")] Task<bool> Replay(Guid id);
}

/// <summary>Ids, codes and times; nothing of what the event holds.</summary>
[GenerateSerializer, Immutable, Alias("ParkedEvent")]
public sealed record ParkedEvent
{
    [Id(0)] public required Guid Id { get; init; }
    /// <summary>What its sender calls it.</summary>
    [Id(1)] public required string EventId { get; init; }
    /// <summary>The stream that it is for: namespace and key.</summary>
    [Id(2)] public required string Subject { get; init; }
    /// <summary>How often it was tried.</summary>
    [Id(3)] public required int Attempts { get; init; }
    /// <summary>The last error.</summary>
    [Id(4)] public required string Reason { get; init; }
    [Id(5)] public required DateTimeOffset ParkedAt { get; init; }
}
