using System.Threading.Channels;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Inbox;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Gateway.Webhooks;

/// <summary>Commits a batch, all or nothing. Stands between the queue and the database so that its cost can be measured.</summary>
internal delegate Task<IReadOnlyList<Delivered>> CommitBatch(IReadOnlyList<WebhookDelivery> batch, TimeSpan? lease, CancellationToken ct);

/// <summary>Webhooks that wait for the next commit: a batch is what queued while the last one ran.</summary>
internal sealed class CommitQueue(IOptions<IntakeOptions> options) : IDisposable
{
    private const int Many = 32;

    private readonly LoopSignal _many = new();
    private readonly Channel<Pending> _channel = Channel.CreateBounded<Pending>(options.Value.QueueLimit);

    /// <summary>So many wait that a commit need not wait for more.</summary>
    public bool HasMany => _channel.Reader.Count >= Many;

    /// <summary>False: the queue is full.</summary>
    public bool TryEnqueue(WebhookDelivery delivery, out Task committed)
    {
        var pending = new Pending(delivery, new(TaskCreationOptions.RunContinuationsAsynchronously));
        committed = pending.Done.Task;
        if (!_channel.Writer.TryWrite(pending)) return false;
        if (HasMany) _many.Set();
        return true;
    }

    /// <summary>Waits until many do, or that long.</summary>
    public Task ManyAsync(TimeSpan longest, CancellationToken ct) => _many.WaitAsync(longest, ct);

    /// <summary>Waits for something, then takes all that is there. Empty: nothing came in that time.</summary>
    public async ValueTask<List<Pending>> TakeAsync(int most, TimeSpan wait, CancellationToken ct)
    {
        var batch = new List<Pending>();
        if (_channel.Reader.Count == 0 && !await WaitAsync(wait, ct)) return batch;
        while (batch.Count < most && _channel.Reader.TryRead(out var pending)) batch.Add(pending);
        return batch;
    }

    public void Dispose() => _many.Dispose();

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
