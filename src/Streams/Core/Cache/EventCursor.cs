using Orleans.Streams;

namespace ComplianceGrid.Streams.Core.Cache;

/// <summary>
/// One reader of one stream. The event that it returned is done with when the next is asked for, and not before: Orleans
/// asks only after the delivery succeeded or its failure was settled.
/// </summary>
/// <param name="from">Events before this position are passed over: it may be ahead of what the cache has been given.</param>
internal sealed class EventCursor(EventCache cache, StreamBacklog backlog, long place, long from) : IQueueCacheCursor
{
    private long _next = place;
    private StreamedEvent? _current;
    private bool _disposed;

    public StreamBacklog Backlog => backlog;

    /// <summary>Place of the oldest event that this reader still needs.</summary>
    public long Floor => _current is null ? _next : _next - 1;

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
        do
        {
            _current = backlog.At(_next);
            if (_current is null) return false;
            _next++;
        }
        while (_current.Position < from);
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
}
