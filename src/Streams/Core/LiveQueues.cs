using System.Collections.Concurrent;
using ComplianceGrid.Streams.Core.Cache;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Core;

/// <summary>The queues that this process reads for one provider. Orleans makes an agent's cache first, then its receiver.</summary>
internal sealed class LiveQueues(string provider, GridStreamOptions options) : IQueueAdapterCache
{
    private readonly ConcurrentDictionary<int, LiveQueue> _queues = new();

    public IEnumerable<LiveQueue> All => _queues.Values;

    public LiveQueue? Find(int number) => _queues.GetValueOrDefault(number);

    public LiveQueue Add(int number) => _queues[number] = new(provider, number, new EventCache(options.CacheSize, options.ReadBatch, options.DeliveryBatch));

    /// <summary>Forgets the queue, unless another agent took it since.</summary>
    public void Remove(LiveQueue queue) => _queues.TryRemove(new(queue.Number, queue));

    public IQueueCache CreateQueueCache(QueueId queueId) => Add(QueueMapper.NumberOf(queueId)).Cache;
}
