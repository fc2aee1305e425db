using Orleans.Streams;

namespace ComplianceGrid.Streams.Core;

/// <summary>Orleans' queue ids for the transport's queue numbers, and the stream's queue: the transport's own.</summary>
internal sealed class QueueMapper(string provider, IStreamTransport transport) : IStreamQueueMapper
{
    private readonly QueueId[] _queues =
        [.. Enumerable.Range(0, transport.QueueCount).Select(number => QueueId.GetQueueId(provider, (uint)number, StableHash.Of($"{provider}/{number}")))];

    public IEnumerable<QueueId> GetAllQueues() => _queues;

    public QueueId GetQueueForStream(StreamId streamId) => _queues[transport.QueueOf(streamId)];

    public static int NumberOf(QueueId queue) => (int)queue.GetNumericId();
}
