using System.Diagnostics;
using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Events.Reader;
using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Kafka.Producing;
using ComplianceGrid.Streams.Kafka.Reading;
using ComplianceGrid.Streams.Log;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Streams.Kafka;

/// <summary>
/// A topic as transport. The event log keeps the last copy of what came through it; what other producers wrote to the topic is
/// kept by the topic until it was delivered or parked. See ADR 0018.
/// </summary>
/// <param name="rows">Not asked for by a process that only produces.</param>
internal sealed class KafkaTransport(
    string provider, KafkaStreamOptions options, KafkaClients clients, TopicSetup topic, TopicProducer producer, DeadLetters deadLetters, Lazy<LogAccess> rows,
    TimeProvider time, ILoggerFactory loggers) : IStreamTransport
{
    private readonly DeliveryBackoff _backoff = new(options.MinRetryDelay, options.MaxRetryDelay);

    public bool IsRewindable => true;

    public int QueueCount => options.Partitions;

    public int QueueOf(StreamId stream) => EventQueues.Of(stream.GetKeyAsString(), options.Partitions);

    public IQueueSource Open(int queue) => new KafkaQueueSource(
        provider, new PartitionPump(queue, clients, topic, options, _backoff, time, loggers.CreateLogger<PartitionPump>()),
        options.Relay ? Relay(queue) : null, producer, deadLetters, rows.Value, options, loggers.CreateLogger<KafkaQueueSource>());

    public async Task AppendAsync(IReadOnlyList<ComplianceEvent> events, CancellationToken ct)
    {
        var cause = Activity.Current?.Id;
        await topic.EnsureAsync(ct);
        await Task.Run(() => Task.WhenAll(events.Select(e => producer.SendAsync(
            EventQueues.Of(e.Key, options.Partitions), e.Key, CloudEventJson.Write(e.TraceParent is null ? e with { TraceParent = cause } : e)))), ct);
    }

    public async Task<FailureOutcome> SettleDeliveryAsync(int queue, StreamedEvent failed, string reason, CancellationToken ct)
    {
        var body = CloudEventJson.Write(failed.Event);
        if (failed.Event.LogPosition is { } position)
        {
            var outcome = await rows.Value.SettleAsync(position, reason, ct);
            if (outcome == FailureOutcome.Parked) deadLetters.Copy(failed.Event.Key, body);
            return outcome;
        }

        await rows.Value.Failed.ParkAsync(new ForeignRecord(options.Topic, queue, failed.Position, body, failed.Event), reason, ct);
        deadLetters.Copy(failed.Event.Key, body);
        return FailureOutcome.Parked;
    }

    public Task<FailureOutcome> SettleUnsavedAsync(EventLogPosition position, string reason, CancellationToken ct) =>
        rows.Value.SettleAsync(position, reason, ct);

    public Task<IReadOnlyList<long>> UnsavedBelowAsync(int queue, long position, int max, CancellationToken ct) =>
        rows.Value.OpenBelowAsync(queue, position, max, ct);

    private EventRelay Relay(int queue) =>
        new(queue, rows.Value, new(clients, topic, options), producer, _backoff, time, loggers.CreateLogger<EventRelay>());
}
