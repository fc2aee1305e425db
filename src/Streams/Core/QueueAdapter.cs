using ComplianceGrid.Events;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Core;

/// <summary>One provider's transport as Orleans sees it.</summary>
internal sealed class QueueAdapter(
    string name, IStreamTransport transport, LiveQueues queues, GridStreamOptions options, TimeProvider time, ILoggerFactory loggers) : IQueueAdapter
{
    public string Name => name;
    public bool IsRewindable => transport.IsRewindable;
    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    /// <summary>Returns once the events are durable.</summary>
    /// <exception cref="ArgumentException">Not <see cref="ComplianceEvent"/>s of this very stream.</exception>
    public Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext) =>
        transport.AppendAsync([.. events.Select(e => Of(streamId, e))], CancellationToken.None);

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId)
    {
        var number = QueueMapper.NumberOf(queueId);
        return new QueueReceiver(queues.Find(number) ?? queues.Add(number), queues, transport.Open(number),
            new(options.MinRetryDelay, options.MaxRetryDelay), time, loggers.CreateLogger<QueueReceiver>());
    }

    private static ComplianceEvent Of<T>(StreamId stream, T e) =>
        e is ComplianceEvent compliance && compliance.Namespace == stream.GetNamespace() && compliance.Key == stream.GetKeyAsString()
            ? compliance
            : throw new ArgumentException($"Stream {stream} takes {nameof(ComplianceEvent)}s with its own namespace and key.");
}
