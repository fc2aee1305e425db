using ComplianceGrid.Silo.Outbox;
using ComplianceGrid.Storage.Outbox;

namespace ComplianceGrid.Silo.Tests.Outbox;

/// <summary>Fails the first call before anything is handed over and the second after all of it was; at a chosen call it never returns.</summary>
internal sealed class FaultyDispatcher(IOutboxDispatcher inner, int hangsAt = int.MaxValue) : IOutboxDispatcher
{
    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;

    public Task Hanging => _hanging.Task;

    public async Task<IReadOnlyCollection<Guid>> DispatchAsync(IReadOnlyList<ClaimedMessage> messages, CancellationToken ct)
    {
        var call = Interlocked.Increment(ref _calls);
        if (call == 1) throw new IOException("The ledger is away.");
        var handedOver = await inner.DispatchAsync(messages, ct);
        if (call == 2) throw new TimeoutException("The answer was lost.");
        if (call < hangsAt) return handedOver;
        _hanging.TrySetResult();
        await Task.Delay(Timeout.Infinite, CancellationToken.None);
        return handedOver;
    }
}
