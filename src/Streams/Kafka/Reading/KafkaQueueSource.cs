using System.Text.Json;
using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Events.Reader;
using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Core.Cache;
using ComplianceGrid.Streams.Core.Failures;
using ComplianceGrid.Streams.Kafka.Producing;
using ComplianceGrid.Streams.Kafka.Wire;
using ComplianceGrid.Streams.Log;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Record = Confluent.Kafka.ConsumeResult<Confluent.Kafka.Ignore, byte[]>;

namespace ComplianceGrid.Streams.Kafka.Reading;

/// <summary>
/// One partition, from the offset that its group has committed on. What is no event for a grain is parked on the way. Positions
/// are offsets, until a topic is made anew while it is read: from then on they are offsets plus what was counted before.
/// </summary>
internal sealed partial class KafkaQueueSource(
    string provider, PartitionPump pump, EventRelay? relay, TopicProducer producer, DeadLetters deadLetters, LogAccess rows, KafkaStreamOptions options, ILogger log) : IQueueSource
{
    private static readonly TimeSpan ReadWait = TimeSpan.FromMilliseconds(250);
    private const long None = -1;

    private readonly List<Record> _taken = [];
    private long _anew; // the first position of the topic as it is now
    private long _shift; // from its offsets to positions
    private long _next = None; // the position behind the last record taken
    private long _handed = None, _delivered = None;
    private long _passed; // the highest position of the event log handed over
    private volatile bool _isAtEnd;

    public async Task<IReadOnlyList<StreamedEvent>> ReadAsync(int max, CancellationToken ct)
    {
        if (_taken.Count == 0 && !await pump.WaitAsync(ReadWait, ct) && pump.Fault is { } fault)
            throw new InvalidOperationException($"Partition {pump.Partition} of {options.Topic} cannot be read.", fault);
        while (_taken.Count < max && pump.TryTake(out var record))
        {
            if (record is not null) _taken.Add(record);
        }

        var events = new List<StreamedEvent>(_taken.Count);
        foreach (var record in _taken.Where(record => !record.IsPartitionEOF))
        {
            if (await ReadAsync(record, ct) is { } e) events.Add(e);
        }

        if (_taken.Count > 0) Advance(_taken[^1], events);
        _taken.Clear();
        return events;
    }

    public Task DeliveredAsync(long position, CancellationToken ct)
    {
        _delivered = Math.Max(_delivered, position);
        Release();
        return Task.CompletedTask;
    }

    public Task<long?> PassedAsync(CancellationToken ct)
    {
        // In this order: what the relay copies between the two looks is then no part of what passed.
        var copied = relay?.Through ?? 0;
        var passed = Math.Max(Interlocked.Read(ref _passed), _isAtEnd ? copied : 0);
        return Task.FromResult(passed > 0 ? passed : (long?)null);
    }

    public IHistoryReader? ReadBack(StreamId stream, StreamSequenceToken from, Action wake)
    {
        var shift = Interlocked.Read(ref _shift);
        var oldest = (from as EventTimeToken)?.Time;
        return pump.ReadBack(oldest is null ? Math.Max(0, from.SequenceNumber - shift) : Offset.Beginning, shift, record => OfHistory(record, shift, stream, oldest), () =>
        {
            wake();
            pump.Wake();
        });
    }

    /// <summary>On the partition, and in the log still.</summary>
    public async Task<long> CountWaitingAsync(CancellationToken ct)
    {
        var next = Interlocked.Read(ref _next);
        var unread = next == None ? 0 : Math.Max(0, pump.High - (next - Interlocked.Read(ref _shift)));
        return unread + (relay is null ? 0 : await rows.CountOpenAsync(pump.Partition, relay.Through ?? 0, ct));
    }

    public async ValueTask DisposeAsync()
    {
        if (relay is not null) await relay.DisposeAsync();
        await pump.DisposeAsync();
    }

    private void Advance(Record last, List<StreamedEvent> events)
    {
        Interlocked.Exchange(ref _next, last.Offset + _shift + (last.IsPartitionEOF ? 0 : 1));
        _isAtEnd = last.IsPartitionEOF;
        if (events.Count > 0)
        {
            _handed = events[^1].Position;
            if (events.Max(e => e.Event.LogPosition?.Position) is { } position && position > _passed) Interlocked.Exchange(ref _passed, position);
        }

        Release();
    }

    /// <summary>Everything read, when all that was handed over has left the cache; else what has.</summary>
    private void Release()
    {
        var position = _delivered >= _handed ? _next : _delivered + 1;
        if (position >= _anew) pump.Delivered(position - _shift);
    }

    /// <returns>Null: it is not for a grain, and parked, or moved to the partition where it belongs.</returns>
    private async Task<StreamedEvent?> ReadAsync(Record record, CancellationToken ct)
    {
        var position = PositionOf(record);
        ComplianceEvent e;
        int attempt;
        try
        {
            (e, attempt) = RecordReader.Read(record.Message);
        }
        catch (Exception error) when (error is JsonException or FormatException or NotSupportedException)
        {
            await ParkUnreadableAsync(record, FailureReason.Of(error), ct);
            return null;
        }

        if (record.Offset < pump.History && e.Time < options.StartTime) return null;
        if (e.LogPosition is null && ForeignEvents.Misfit(e) is { } misfit)
        {
            await ParkAsync(record, e, misfit, ct);
            return null;
        }

        // Another producer has its own way from key to partition; a stream has one queue, or its order and its token mean nothing.
        var home = EventQueues.Of(e.Key, options.Partitions);
        if (home == pump.Partition) return new(e, attempt, position);
        await producer.SendAsync(home, e.Key, e.LogPosition is null ? CloudEventJson.Write(e) : record.Message.Value);
        return null;
    }

    /// <summary>What cannot be read was parked when it was read first.</summary>
    private static StreamedEvent? OfHistory(Record record, long shift, StreamId stream, DateTimeOffset? oldest)
    {
        try
        {
            var (e, attempt) = RecordReader.Read(record.Message);
            return StreamId.Create(e.Namespace, e.Key) == stream && (oldest is null || e.Time >= oldest) ? new(e, attempt, record.Offset + shift) : null;
        }
        catch (Exception error) when (error is JsonException or FormatException or NotSupportedException)
        {
            return null;
        }
    }

    private long PositionOf(Record record)
    {
        if (record.Offset + _shift >= _next) return record.Offset + _shift;
        Interlocked.Exchange(ref _shift, _next - record.Offset);
        _anew = _next;
        pump.BeginAnew();
        LogAnew(options.Topic, pump.Partition, record.Offset);
        return _next;
    }

    /// <summary>A copy of a row that another version wrote is parked as that row; one that was closed meanwhile is a repeat.</summary>
    private async Task ParkUnreadableAsync(Record record, string reason, CancellationToken ct)
    {
        if (CloudEventJson.PositionOf(record.Message.Value) is not { } position)
        {
            await ParkAsync(record, null, reason, ct);
            return;
        }

        LogParked(options.Topic, pump.Partition, record.Offset, reason);
        if (await rows.Failed.ParkAsync(pump.Partition, position, reason, ct) != FailedEventOutcome.Parked) return;
        StreamTelemetry.CountSettled(provider, pump.Partition, FailureOutcome.Parked);
        deadLetters.Copy(null, record.Message.Value);
    }

    private async Task ParkAsync(Record record, ComplianceEvent? e, string reason, CancellationToken ct)
    {
        LogParked(options.Topic, pump.Partition, record.Offset, reason);
        var body = e is null ? record.Message.Value ?? [] : CloudEventJson.Write(e);
        await rows.Failed.ParkAsync(new ForeignRecord(options.Topic, pump.Partition, record.Offset, body, e), reason, ct);
        StreamTelemetry.CountSettled(provider, pump.Partition, FailureOutcome.Parked);
        deadLetters.Copy(e?.Key, body);
    }

    [LoggerMessage(5026, LogLevel.Error, "The record at {Topic}/{Partition}@{Offset} is not for a grain; it is parked: {Reason}")]
    private partial void LogParked(string topic, int partition, long offset, string reason);

    [LoggerMessage(5027, LogLevel.Error, "{Topic}/{Partition} begins anew at {Offset}: the brokers have lost it. What the event log holds open is published again")]
    private partial void LogAnew(string topic, int partition, long offset);
}
