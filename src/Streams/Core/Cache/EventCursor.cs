using Orleans.Streams;

namespace ComplianceGrid.Streams.Core.Cache;

/// <summary>
/// One reader of one stream. What it returned is done with when the next is asked for, and not before: Orleans asks only after the
/// delivery succeeded or its failure was settled. Of a batch that failed it knows how much is done with, and gives the rest out again
/// one by one.
/// </summary>
/// <param name="from">Events before this position are passed over: it may be ahead of what the cache has been given.</param>
/// <param name="batchSize">Events in one delivery, at most.</param>
internal sealed class EventCursor(EventCache cache, StreamBacklog backlog, long place, long from, int batchSize) : IQueueCacheCursor
{
    private const long UntilTheFirst = long.MaxValue;

    private long _next = place;
    private IBatchContainer? _current;
    private int _inHand;
    private bool _disposed;

    // Events before this place go alone. So does the first of all: Orleans skips what a cursor gives first where the subscriber has that event.
    private long _aloneBefore = UntilTheFirst;

    public StreamBacklog Backlog => backlog;

    /// <summary>Place of the oldest event that this reader still needs.</summary>
    public long Floor => _next - _inHand;

    public IBatchContainer? GetCurrent(out Exception? exception)
    {
        exception = null;
        return _current;
    }

    public bool MoveNext() => cache.Advance(this);

    /// <summary>Under the cache's lock.</summary>
    public bool Step()
    {
        if (_disposed) return false;
        PutDown();
        while (backlog.At(_next)?.Position < from) _next++;
        var events = backlog.From(_next, _next < _aloneBefore ? 1 : batchSize);
        if (events.Count == 0) return false;

        _current = events.Count == 1 ? events[0] : new EventBatch(events);
        _inHand = events.Count;
        _next += _inHand;
        if (_aloneBefore == UntilTheFirst) _aloneBefore = _next;
        return true;
    }

    /// <summary>The backlog shows new events by itself.</summary>
    public void Refresh(StreamSequenceToken token) { }

    /// <summary>The failure handler has settled it: republished or parked. It leaves the cache like any other.</summary>
    public void RecordDeliveryFailure() { }

    /// <summary>An event that was returned and not done with stays for others to take.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _current = null;
        cache.Close(this);
    }

    private void PutDown()
    {
        if (_current is EventBatch batch && batch.Done < _inHand) (_aloneBefore, _next) = (_next, Floor + batch.Done);
        _current = null;
        _inHand = 0;
    }
}
