using ComplianceGrid.Storage.Events;
using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Kafka.Reading;
using ComplianceGrid.Streams.Log;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Streams.Kafka.Producing;

/// <summary>
/// Copies the open rows of one queue of the event log to its partition, for as long as this process reads the queue. It begins
/// where the partition's last records begin, and leaves out the rows that these are copies of: one between them may be missing, which the relay before it
/// would have sent again. Two of them, while a queue changes hands, copy rows twice: a grain applies a repeat without effect.
/// </summary>
internal sealed partial class EventRelay : IAsyncDisposable
{
    private const int Batch = 256;
    private const long NotBegun = -1;

    private readonly CancellationTokenSource _stop = new();
    private readonly int _queue;
    private readonly LogAccess _rows;
    private readonly TopicProducer _producer;
    private readonly DeliveryBackoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Task _loop;
    private long _through = NotBegun;
    private int _failures;

    public EventRelay(int queue, LogAccess rows, PartitionEnd end, TopicProducer producer, DeliveryBackoff backoff, TimeProvider time, ILogger log)
    {
        (_queue, _rows, _producer, _backoff, _time, _log) = (queue, rows, producer, backoff, time, log);
        using (ExecutionContext.SuppressFlow()) _loop = Task.Run(() => RunAsync(end, _stop.Token));
    }

    /// <summary>Open rows up to here are on the partition, or were; null: it has not begun.</summary>
    public long? Through => Interlocked.Read(ref _through) is var through && through != NotBegun ? through : null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync(PartitionEnd end, CancellationToken ct)
    {
        try
        {
            var copied = await TryOnAsync(() => CopiedAsync(end, ct), ct);
            var begin = copied.Count == 0 ? 0 : copied.Min() - 1;
            Interlocked.Exchange(ref _through, begin);
            var rows = _rows.Read(_queue, begin);
            while (true)
            {
                var batch = await TryOnAsync(() => rows.ReadAsync(Batch, ct), ct);
                await PublishAsync([.. batch.Where(open => !copied.Contains(open.Row.Position))], ct);
                Interlocked.Exchange(ref _through, rows.Last);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // What is not copied is open, and the next relay's.
        }
    }

    /// <summary>Which rows the partition ends with. A copy of a row that the log has not is another log's, of before it was restored: then none of them counts.</summary>
    private async Task<HashSet<long>> CopiedAsync(PartitionEnd end, CancellationToken ct)
    {
        var copied = await Task.Run(() => end.LogPositions(_queue, ct), ct).WaitAsync(ct);
        return copied.Count > 0 && copied.Max() > await _rows.LastPositionAsync(_queue, ct) ? [] : copied;
    }

    /// <summary>In order. What follows a row that failed is sent again with it, whether it arrived or not.</summary>
    private async Task PublishAsync(IReadOnlyList<OpenRow> batch, CancellationToken ct)
    {
        for (var first = 0; first < batch.Count;)
        {
            first = await TryOnAsync(async () =>
            {
                var rest = batch.Skip(first).Select(open => _producer.SendAsync(
                    _queue, open.Event.Key, CloudEventJson.CopyOf(open.Row.Body, open.Row.Position, open.Row.Attempt))).ToList();
                await Task.WhenAll(rest).WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                ct.ThrowIfCancellationRequested();
                var failed = rest.FindIndex(sent => !sent.IsCompletedSuccessfully);
                if (failed < 0) return batch.Count;
                first += failed;
                await rest[failed];
                return first;
            }, ct);
        }
    }

    /// <summary>Until it succeeds: rows wait in the log for as long as the brokers are away.</summary>
    private async Task<T> TryOnAsync<T>(Func<Task<T>> act, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                var result = await act();
                if (_failures > 0) LogBack(_queue, _failures);
                _failures = 0;
                return result;
            }
            catch (Exception error) when (!ct.IsCancellationRequested)
            {
                if (_failures++ == 0) LogAway(error, _queue);
            }

            await Task.Delay(_backoff.Next(_failures), _time, ct);
        }
    }

    [LoggerMessage(5023, LogLevel.Error, "Queue {Queue} of the event log cannot be copied to its partition; its rows wait, it is tried on")]
    private partial void LogAway(Exception error, int queue);

    [LoggerMessage(5024, LogLevel.Information, "Queue {Queue} of the event log is copied again after {Failures} failures")]
    private partial void LogBack(int queue, int failures);
}
