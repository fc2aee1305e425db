using System.Threading.Channels;
using ComplianceGrid.Storage.Inbox;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Gateway.Webhooks;

/// <summary>Commits a batch, all or nothing. Stands between the queue and the database so that its cost can be measured.</summary>
internal delegate Task<IReadOnlyList<Delivered>> CommitBatch(IReadOnlyList<WebhookDelivery> batch, TimeSpan? lease, CancellationToken ct);

/// <summary>Webhooks that wait for the next commit: a batch is what queued while the last one ran.</summary>
internal sealed class CommitQueue(IOptions<IntakeOptions> options)
{
    private readonly Channel<Pending> _channel = Channel.CreateBounded<Pending>(options.Value.QueueLimit);

    public int Count => _channel.Reader.Count;

    /// <summary>False: the queue is full.</summary>
    public bool TryEnqueue(WebhookDelivery delivery, out Task committed)
    {
        var pending = new Pending(delivery, new(TaskCreationOptions.RunContinuationsAsynchronously));
        committed = pending.Done.Task;
        return _channel.Writer.TryWrite(pending);
    }

    /// <summary>Waits for something, then takes all that is there. Empty: nothing came in that time.</summary>
    public async ValueTask<List<Pending>> TakeAsync(int most, TimeSpan wait, CancellationToken ct)
    {
        var batch = new List<Pending>();
        if (Count == 0 && !await WaitAsync(wait, ct)) return batch;
        while (batch.Count < most && _channel.Reader.TryRead(out var pending)) batch.Add(pending);
        return batch;
    }

    private async ValueTask<bool> WaitAsync(TimeSpan wait, CancellationToken ct)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(wait);
        try
        {
            return await _channel.Reader.WaitToReadAsync(limited.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    internal sealed record Pending(WebhookDelivery Delivery, TaskCompletionSource Done);
}
