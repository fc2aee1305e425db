using System.Collections.Concurrent;
using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Core.Cache;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Streams.Kafka.Reading;

/// <summary>Reads a partition again for one stream, by a consumer and a thread of its own, from an offset until it is disposed.</summary>
internal sealed partial class PartitionHistory : IHistoryReader
{
    // Events read ahead of the subscriber.
    private const int ReadAhead = 256;

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    private readonly BlockingCollection<StreamedEvent> _events = new(ReadAhead);
    private readonly CancellationTokenSource _stop = new();
    private readonly KafkaClients _clients;
    private readonly TopicPartition _of;
    private readonly Func<ConsumeResult<Ignore, byte[]>, StreamedEvent?> _read;
    private readonly long _shift;
    private readonly Action _wake;
    private readonly DeliveryBackoff _backoff;
    private readonly ILogger _log;
    private Offset _next;
    private long _through;
    private int _isWaiting;

    /// <param name="from">Where it begins; the oldest offset that is still there, when that one is not.</param>
    /// <param name="shift">From offsets to positions.</param>
    /// <param name="read">Null: not for this stream.</param>
    public PartitionHistory(
        KafkaClients clients, TopicPartition of, Offset from, long shift, Func<ConsumeResult<Ignore, byte[]>, StreamedEvent?> read, Action wake, DeliveryBackoff backoff, ILogger log)
    {
        (_clients, _of, _next, _shift, _read, _wake, _backoff, _log) = (clients, of, from, shift, read, wake, backoff, log);
        _through = from.IsSpecial ? -1 : from + shift - 1;
        new Thread(Run) { IsBackground = true, Name = $"kafka history {of}" }.Start();
    }

    public long Through => Interlocked.Read(ref _through);

    public bool TryTake(out StreamedEvent? e) => _events.TryTake(out e);

    public void WakeOnce(long seen)
    {
        Interlocked.Exchange(ref _isWaiting, 1);
        if (_events.Count > 0 || Through != seen) Wake(); // it came between the look and the wish
    }

    public void Dispose() => _stop.Cancel();

    private void Run()
    {
        for (var failures = 0; !_stop.IsCancellationRequested; failures++)
        {
            try
            {
                using var consumer = _clients.Consumer();
                consumer.Assign(new TopicPartitionOffset(_of, _next));
                while (!_stop.IsCancellationRequested)
                {
                    if (consumer.Consume(Slice) is { } record) Take(record);
                    failures = 0;
                }
            }
            catch (OperationCanceledException)
            {
                return; // disposed while its events waited
            }
            catch (Exception error)
            {
                LogAway(error, _of.Topic, _of.Partition);
                _stop.Token.WaitHandle.WaitOne(_backoff.Next(failures));
            }
        }
    }

    private void Take(ConsumeResult<Ignore, byte[]> record)
    {
        var e = record.IsPartitionEOF ? null : _read(record);
        if (e is not null) _events.Add(e, _stop.Token);
        _next = record.IsPartitionEOF ? record.Offset : record.Offset + 1;
        Interlocked.Exchange(ref _through, _next + _shift - 1);
        if (e is not null || record.IsPartitionEOF) Wake();
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _isWaiting, 0) == 1) _wake();
    }

    [LoggerMessage(5028, LogLevel.Warning, "{Topic}/{Partition} cannot be read again for a subscriber; tried on")]
    private partial void LogAway(Exception error, string topic, int partition);
}
