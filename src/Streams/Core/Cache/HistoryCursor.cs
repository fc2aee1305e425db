using Orleans.Streams;

namespace ComplianceGrid.Streams.Core.Cache;

/// <summary>
/// One reader of one stream, from an event on that has left the cache: it reads what the queue keeps until it meets the cache,
/// and is from then on a reader like any other. It pins nothing in the cache before: what leaves meanwhile comes from the queue.
/// </summary>
internal sealed class HistoryCursor(EventCache cache, StreamId stream, IHistoryReader history) : IQueueCacheCursor
{
    private EventCursor? _live;
    private StreamedEvent? _current;
    private bool _isDisposed;

    public StreamId Stream => stream;

    /// <summary>The event in hand, while it is from history.</summary>
    public StreamedEvent? Current => _current;

    public IBatchContainer? GetCurrent(out Exception? exception)
    {
        exception = null;
        return _live is null ? _current : _live.GetCurrent(out exception);
    }

    /// <summary>Orleans' agent cannot wait here; it is woken by a <see cref="Nudge"/>.</summary>
    public bool MoveNext()
    {
        _current = null;
        if (_isDisposed) return false;
        if (_live is not null) return _live.MoveNext();

        var through = history.Through; // before it is seen that nothing is left up to there
        if (history.TryTake(out _current)) return true;
        _live = cache.TryJoin(this, through + 1);
        if (_live is null)
        {
            history.WakeOnce(through);
            return false;
        }

        history.Dispose();
        return _live.MoveNext();
    }

    public void Refresh(StreamSequenceToken token) { }

    public void RecordDeliveryFailure() { }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _current = null;
        if (_live is not null)
        {
            _live.Dispose();
            return;
        }

        cache.Forget(this);
        history.Dispose();
    }
}
