using System.Collections.Concurrent;
using ComplianceGrid.Streams.Core.Cache;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Core;

/// <summary>A queue that an agent of this process reads now: what the parts around the agent need to know of it.</summary>
internal sealed class LiveQueue(string provider, int number, EventCache cache) : IEventHistory
{
    private readonly ConcurrentQueue<StreamId> _nudged = new();
    private long _delivered;
    private long _settled;
    private long _unread;

    public string Provider => provider;
    public int Number => number;
    public EventCache Cache => cache;

    /// <summary>Where its events come from; null until the agent has made its receiver.</summary>
    public IQueueSource? Source
    {
        get;
        set
        {
            field = value;
            cache.History = this;
        }
    }

    /// <summary>Cancelled when the agent gives the queue up. The agent tells its receiver by the token of its reads, nobody else.</summary>
    public CancellationToken Stopping { get; set; }

    /// <summary>Events that left the queue since the agent took it: handled by their grain, republished or parked.</summary>
    public long Progress => Interlocked.Read(ref _delivered) + Interlocked.Read(ref _settled);

    /// <summary>Events not read yet, when last measured.</summary>
    public long Unread { get => Interlocked.Read(ref _unread); set => Interlocked.Exchange(ref _unread, value); }

    /// <summary>Not read yet, and read but not delivered.</summary>
    public long Lag => Unread + cache.Count;

    public IHistoryReader? ReadBack(StreamId stream, StreamSequenceToken from) =>
        Source?.ReadBack(stream, from, () => _nudged.Enqueue(stream)) is { } reader ? new OfThisQueue(reader, this) : null;

    /// <summary>Streams whose cursors the agent shall look at.</summary>
    public IEnumerable<Nudge> TakeNudges()
    {
        while (_nudged.TryDequeue(out var stream)) yield return new(stream);
    }

    public void CountDelivered(int events = 1)
    {
        Interlocked.Add(ref _delivered, events);
        StreamTelemetry.CountDelivery(provider, number, events);
    }

    public void CountRetry() => StreamTelemetry.CountRetry(provider, number);

    public void CountSettled(FailureOutcome outcome)
    {
        Interlocked.Increment(ref _settled);
        StreamTelemetry.CountSettled(provider, number, outcome);
    }

    private sealed class OfThisQueue(IHistoryReader reader, LiveQueue queue) : IHistoryReader
    {
        public long Through => reader.Through;

        public bool TryTake(out StreamedEvent? e)
        {
            if (!reader.TryTake(out e)) return false;
            e!.Queue = queue;
            return true;
        }

        public void WakeOnce(long seen) => reader.WakeOnce(seen);

        public void Dispose() => reader.Dispose();
    }
}
