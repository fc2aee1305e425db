using ComplianceGrid.Storage.Outbox;

namespace ComplianceGrid.Silo.Outbox;

/// <summary>Hands messages of one kind to whom they are for. A repeat must change nothing there.</summary>
internal interface IOutboxDispatcher
{
    /// <summary>Returns what was handed over. Fails what could not be, by itself or by throwing for all.</summary>
    Task<IReadOnlyCollection<Guid>> DispatchAsync(IReadOnlyList<ClaimedMessage> messages, CancellationToken ct);
}
