using System.Collections.Immutable;
using System.Threading.Channels;
using ComplianceGrid.Audit;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.ServiceDefaults.Auditing.Trail;

/// <summary>
/// The queue to one lane of the store, and the loop that empties it: one call is under way at a time, and the next carries all that
/// queued meanwhile. No delay of its own when idle, large batches when busy.
/// </summary>
internal sealed partial class LaneQueue(int lane, IAuditSink sink, AuditTrailOptions options, Action<bool> answered, ILogger log)
{
    private readonly Channel<Handover> _queue = Channel.CreateBounded<Handover>(
        new BoundedChannelOptions(options.Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Null: there is no room in the queue.</summary>
    /// <param name="entries">Of one tenant.</param>
    public Handover? TryWrite(ImmutableArray<AuditEntry> entries)
    {
        var handover = new Handover(entries);
        return _queue.Writer.TryWrite(handover) ? handover : null;
    }

    public async Task RunAsync(CancellationToken ct)
    {
        while (await _queue.Reader.WaitToReadAsync(ct)) await SendAsync(TakeBatch(), ct);
    }

    private async Task SendAsync(List<Handover> batch, CancellationToken ct)
    {
        if (batch.Count == 0) return;
        try
        {
            var refused = await sink.AppendAsync(lane, [.. batch.SelectMany(handover => handover.Entries)], ct);
            answered(true);
            foreach (var handover in batch) handover.Stored.TrySetResult(!refused.Contains(handover.Entries[0].TenantId));
        }
        catch (Exception error)
        {
            answered(false);
            if (!ct.IsCancellationRequested) LogNotStored(error, batch.Count);
            foreach (var handover in batch) handover.Stored.TrySetResult(false); // to the spool with them
        }
    }

    private List<Handover> TakeBatch()
    {
        var (batch, entries) = (new List<Handover>(), 0);
        while (entries < options.BatchSize && _queue.Reader.TryRead(out var handover))
        {
            if (handover.GivenUp) continue; // its entries went to the spool
            batch.Add(handover);
            entries += handover.Entries.Length;
        }

        return batch;
    }

    [LoggerMessage(30, LogLevel.Warning, "The audit store did not take the entries of {Requests} requests: they go to the spool.")]
    private partial void LogNotStored(Exception error, int requests);
}

/// <summary>A request's entries on their way to the store.</summary>
internal sealed class Handover(ImmutableArray<AuditEntry> entries)
{
    public ImmutableArray<AuditEntry> Entries => entries;

    /// <summary>Whether the store has them for good. False: it has not, or it is not known.</summary>
    public TaskCompletionSource<bool> Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Nobody waits any more.</summary>
    public bool GivenUp { get; set; }
}
