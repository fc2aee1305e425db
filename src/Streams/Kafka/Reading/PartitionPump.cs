using System.Threading.Channels;
using ComplianceGrid.Streams.Core;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Record = Confluent.Kafka.ConsumeResult<Confluent.Kafka.Ignore, byte[]>;

namespace ComplianceGrid.Streams.Kafka.Reading;

/// <summary>
/// One partition on its way to one agent: a consumer with a thread of its own, because librdkafka blocks. Orleans has dealt the
/// queue to this process, so the partition is assigned and not subscribed to: no rebalancing of the group. While the agent takes
/// nothing the partition is paused.
/// </summary>
internal sealed partial class PartitionPump : IAsyncDisposable
{
    // Records that wait for the agent before the partition is paused, in reads of the agent; it goes on when half of them are left. A pause drops what
    // the client has fetched, so with a quarter of this a busy partition stood still for most of its time.
    private const int ReadsAhead = 16;

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100), Patience = TimeSpan.FromSeconds(5), StopWait = TimeSpan.FromSeconds(5);

    private readonly KafkaClients _clients;
    private readonly TopicSetup _topic;
    private readonly KafkaStreamOptions _options;
    private readonly DeliveryBackoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly TopicPartition _of;
    private readonly Channel<Record?> _records = Channel.CreateUnbounded<Record?>();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Offset _next = Offset.Unset; // the pump's own place, once it has begun
    private long _delivered = Offset.Unset; // all below has left the cache
    private long _committed = Offset.Unset;
    private bool _isCommitAway;
    private long _high;
    private volatile Exception? _fault;

    public PartitionPump(
        int partition, KafkaClients clients, TopicSetup topic, KafkaStreamOptions options, DeliveryBackoff backoff, TimeProvider time, ILogger log)
    {
        (_clients, _topic, _options, _backoff, _time, _log) = (clients, topic, options, backoff, time, log);
        _of = new(options.Topic, partition);
        new Thread(Run) { IsBackground = true, Name = $"kafka {_of}" }.Start();
    }

    public int Partition => _of.Partition;

    /// <summary>Why the partition cannot be read at present; null: it can, or its brokers are silent.</summary>
    public Exception? Fault => _fault;

    /// <summary>The offset behind the last record, when last heard of.</summary>
    public long High => Interlocked.Read(ref _high);

    /// <summary>Records that wait for the agent.</summary>
    public int Ahead => _records.Reader.Count;

    /// <summary>Events below this offset that are older than the time asked for are not for a new group.</summary>
    public long History { get; private set; }

    /// <summary>Whether there is a record, after waiting a little for one.</summary>
    public async Task<bool> WaitAsync(TimeSpan wait, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(wait);
        try
        {
            return await _records.Reader.WaitToReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Records in the order of their offsets, and between them where the partition ended for a while. Null: somebody woke the reader.</summary>
    public bool TryTake(out Record? record) => _records.Reader.TryRead(out record);

    /// <summary>Ends the wait of the reader.</summary>
    public void Wake() => _records.Writer.TryWrite(null);

    /// <summary>The partition once more, from an offset.</summary>
    public PartitionHistory ReadBack(Offset from, long shift, Func<Record, StreamedEvent?> read, Action wake) =>
        new(_clients, _of, from, shift, read, wake, _backoff, _log);

    /// <summary>All below this offset may be committed.</summary>
    public void Delivered(long offset) => Interlocked.Exchange(ref _delivered, offset);

    /// <summary>The topic was made anew and its offsets with it: what was committed before says nothing any more.</summary>
    public void BeginAnew()
    {
        Interlocked.Exchange(ref _delivered, Offset.Unset);
        Interlocked.Exchange(ref _committed, Offset.Unset);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        // While brokers are away librdkafka may block for longer. The thread then ends by itself, and what it had not committed is delivered again.
        await Task.WhenAny(_ended.Task, Task.Delay(StopWait, _time));
    }

    private void Run()
    {
        for (var failures = 0; !_stop.IsCancellationRequested; failures++)
        {
            try
            {
                using var consumer = _clients.Consumer();
                Begin(consumer);
                (_fault, failures) = (null, 0);
                Pump(consumer);
                Commit(consumer);
            }
            catch (Exception error) // a setting that librdkafka refuses too: what leaves a thread ends the process
            {
                _fault = error;
                _stop.Token.WaitHandle.WaitOne(_backoff.Next(failures));
            }
        }

        _ended.SetResult();
    }

    /// <summary>Where this pump was before a failure; else where the group was; else where new groups begin.</summary>
    private void Begin(IConsumer<Ignore, byte[]> consumer)
    {
        _topic.Ensure();
        if (_next == Offset.Unset) _next = FirstOffset(consumer);
        consumer.Assign(new TopicPartitionOffset(_of, _next));
    }

    private Offset FirstOffset(IConsumer<Ignore, byte[]> consumer)
    {
        if (CommittedOffset(consumer) is var committed && committed >= 0)
        {
            _committed = committed;
            return committed;
        }

        if (_options.Start == KafkaStart.Earliest) return Offset.Beginning;
        var end = consumer.QueryWatermarkOffsets(_of, Patience).High;
        if (_options.Start == KafkaStart.Time)
        {
            // Read and left out by the events' own time: a broker knows only when records were written.
            History = end;
            return Offset.Beginning;
        }

        // Kept at once, or a silo that dies before its first commit would skip what came meanwhile.
        consumer.Commit([new TopicPartitionOffset(_of, end)]);
        _committed = end;
        return end;
    }

    private void Pump(IConsumer<Ignore, byte[]> consumer)
    {
        var isPaused = false;
        var commit = _time.GetTimestamp();
        while (!_stop.IsCancellationRequested)
        {
            if (consumer.Consume(isPaused ? Slice / 10 : Slice) is { } record)
            {
                _next = record.IsPartitionEOF ? record.Offset : record.Offset + 1;
                if (record.IsPartitionEOF || record.Offset >= _high) Interlocked.Exchange(ref _high, _next);
                _records.Writer.TryWrite(record);
            }

            if (isPaused != IsAhead(isPaused))
            {
                isPaused = !isPaused;
                if (isPaused) consumer.Pause([_of]);
                else consumer.Resume([_of]);
            }

            if (_time.GetElapsedTime(commit) < _options.CommitPeriod) continue;
            Commit(consumer);
            if (consumer.GetWatermarkOffsets(_of).High is var high && high >= 0) Interlocked.Exchange(ref _high, high);
            commit = _time.GetTimestamp();
        }
    }

    private bool IsAhead(bool isPaused) => Ahead > (isPaused ? ReadsAhead / 2 : ReadsAhead) * _options.ReadBatch;

    /// <summary>
    /// Never backwards: while a queue changes hands two agents commit for it, and the one that is behind holds back. Kafka
    /// cannot compare and set, so a commit of the other between the look and the commit is still put back, until the other's
    /// next; a silo that starts in just that period delivers again what it would have skipped.
    /// </summary>
    private void Commit(IConsumer<Ignore, byte[]> consumer)
    {
        var delivered = Interlocked.Read(ref _delivered);
        if (delivered == _committed || delivered < 0) return;
        try
        {
            var held = CommittedOffset(consumer);
            // An offset beyond the end is of a topic that was there before. The end is asked for: what was heard of it last may be old.
            if (held < delivered || held > consumer.QueryWatermarkOffsets(_of, Patience).High) consumer.Commit([new TopicPartitionOffset(_of, delivered)]);
            Interlocked.Exchange(ref _committed, delivered);
            _isCommitAway = false;
        }
        catch (KafkaException error)
        {
            if (!_isCommitAway) LogNotCommitted(error, _of.Topic, Partition);
            _isCommitAway = true;
        }
    }

    private long CommittedOffset(IConsumer<Ignore, byte[]> consumer) => consumer.Committed([_of], Patience)[0].Offset;

    [LoggerMessage(5025, LogLevel.Warning, "The offset of {Topic}/{Partition} cannot be committed; tried again")]
    private partial void LogNotCommitted(Exception error, string topic, int partition);
}
