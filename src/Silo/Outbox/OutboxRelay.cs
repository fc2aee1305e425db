using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Outbox;

namespace ComplianceGrid.Silo.Outbox;

/// <summary>Drains one kind (and shard) of the outbox, at least once: claimed by a lease, handed over, then deleted.</summary>
internal sealed class OutboxRelay(
    string kind, int shard, OutboxRelaySettings settings, OutboxStore store, OutboxHints hints, IOutboxDispatcher dispatcher, TimeProvider time, ILogger<OutboxRelay> log)
    : GridLoop(NameOf(kind, shard), settings.Idle, time, log)
{
    private readonly LoopSignal _left = new();

    public static string NameOf(string kind, int shard) => $"relay-{kind}-{shard}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        hints.Left += Hear;
        try
        {
            await base.ExecuteAsync(stoppingToken);
        }
        finally
        {
            hints.Left -= Hear;
        }
    }

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var claimed = await store.ClaimAsync(kind, shard, settings.Batch, settings.Lease, ct);
        if (claimed.Count == 0)
        {
            await _left.WaitAsync(settings.Look, ct);
            return false;
        }

        await store.DeleteAsync(await HandOverAsync(claimed, ct), CancellationToken.None);
        return claimed.Count == settings.Batch; // else what gathers during the pause is the next batch: nobody waits for it
    }

    public override void Dispose()
    {
        base.Dispose();
        _left.Dispose();
    }

    private void Hear(string left)
    {
        if (left == kind) _left.Set();
    }

    private async Task<IReadOnlyCollection<Guid>> HandOverAsync(IReadOnlyList<ClaimedMessage> claimed, CancellationToken ct)
    {
        try
        {
            return await dispatcher.DispatchAsync(claimed, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            await store.FailAsync(claimed, e.GetType().Name, CancellationToken.None);
            throw;
        }
    }
}

/// <param name="Lease">After which another relay may take a message over; longer than its hand-over takes.</param>
/// <param name="Idle">Pause after a claim that was not full, in which the next batch gathers.</param>
/// <param name="Look">After a claim that found nothing: how long until it looks for other processes' messages. This one's own wake it.</param>
internal sealed record OutboxRelaySettings(int Batch, TimeSpan Lease, TimeSpan Idle, TimeSpan Look);
