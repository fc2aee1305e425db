using System.Collections.Immutable;
using System.Threading.Channels;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Api.Audit;

/// <summary>The queue to one ledger shard, and the loop that empties it.</summary>
internal sealed partial class ShardQueue(
    Func<ImmutableArray<AuditEntry>, Task> append, AuditTrailOptions options, TimeProvider clock, ILogger<ShardQueue> log)
{
    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(options.Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private TimeSpan Wait => TimeSpan.FromSeconds(options.WaitSeconds);

    public async Task WriteAsync(ImmutableArray<AuditEntry> entries)
    {
        var waiting = new Waiting(entries);
        if (!_queue.Writer.TryWrite(waiting)) throw Away();
        try
        {
            await waiting.Written.Task.WaitAsync(Wait, clock);
        }
        catch (Exception error) when (error is not GridException)
        {
            throw Away(); // the entry may still arrive: it says what was refused or read, and the caller has read nothing
        }
    }

    public async Task RunAsync(CancellationToken ct)
    {
        while (await _queue.Reader.WaitToReadAsync(ct))
        {
            var batch = TakeBatch();
            try
            {
                await append([.. batch.SelectMany(waiting => waiting.Entries)]).WaitAsync(Wait, clock, ct);
                foreach (var waiting in batch) waiting.Written.TrySetResult();
            }
            catch (Exception error) when (!ct.IsCancellationRequested)
            {
                LogNotWritten(error, batch.Count);
                foreach (var waiting in batch) waiting.Written.TrySetException(Away());
            }
        }
    }

    private List<Waiting> TakeBatch()
    {
        var (batch, entries) = (new List<Waiting>(), 0);
        while (entries < options.BatchSize && _queue.Reader.TryRead(out var waiting))
        {
            batch.Add(waiting);
            entries += waiting.Entries.Length;
        }

        return batch;
    }

    private static GridException Away() => new(GridError.Unavailable,
        "The audit store does not answer, and nothing is shown that is not on record. Try again.");

    [LoggerMessage(1, LogLevel.Error, "{Requests} requests were refused: their audit entries could not be written.")]
    private partial void LogNotWritten(Exception error, int requests);

    private sealed record Waiting(ImmutableArray<AuditEntry> Entries)
    {
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
