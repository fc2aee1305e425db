using System.Diagnostics.CodeAnalysis;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Core.Cache;

/// <summary>
/// The undelivered events of one queue, by stream: a stream that stands still holds nothing but its own events. Bounded;
/// no event is skipped; an event leaves as soon as all readers of its stream are done with it. See ADR 0005.
/// </summary>
internal sealed class EventCache(int capacity, int readBatch, int deliveryBatch = 1) : IQueueCache
{
    private readonly Lock _lock = new();
    private readonly Dictionary<StreamId, StreamBacklog> _backlogs = [];
    private readonly HashSet<StreamBacklog> _unread = [];
    private readonly SortedSet<long> _held = [];
    private readonly HashSet<HistoryCursor> _rewound = [];
    private List<IBatchContainer> _released = [];
    private long _lastAdded = long.MinValue;
    private long _forgottenThrough = long.MinValue;
    private long _leftOpen = long.MaxValue;

    /// <summary>Where events are read that have left; null: nowhere.</summary>
    public IEventHistory? History { get; set; }

    /// <summary>Events held.</summary>
    public int Count { get { lock (_lock) return _held.Count; } }

    /// <summary>Everything below was added and has left: delivered or settled. Null before the first event: nothing is known.</summary>
    public long? Floor
    {
        get
        {
            lock (_lock) return _lastAdded == long.MinValue ? null : Math.Min(_held.Count > 0 ? _held.Min : _lastAdded + 1, _leftOpen);
        }
    }

    /// <summary>The lowest position in the event log among the events held; null: none of them is from there.</summary>
    public long? LogFloor
    {
        get
        {
            lock (_lock) return _backlogs.Values.Min(backlog => backlog.OldestInLog);
        }
    }

    /// <summary>The agent stops and moves past this event, though nothing became of it: it is the next agent's, and <see cref="Floor"/> stays below.</summary>
    public void LeaveOpen(long position)
    {
        lock (_lock) _leftOpen = Math.Min(_leftOpen, position);
    }

    public StreamedEvent? Find(StreamId stream, long position)
    {
        lock (_lock)
        {
            return _backlogs.GetValueOrDefault(stream)?.Find(position)
                ?? _rewound.Where(cursor => cursor.Stream == stream).Select(cursor => cursor.Current).FirstOrDefault(e => e?.Position == position);
        }
    }

    /// <summary>A whole batch or nothing: reading one event for each that leaves would be a query for each.</summary>
    public int GetMaxAddCount()
    {
        lock (_lock) return capacity - _held.Count >= readBatch ? readBatch : 0;
    }

    public bool IsUnderPressure() => GetMaxAddCount() == 0;

    public void AddToCache(IList<IBatchContainer> messages)
    {
        lock (_lock)
        {
            foreach (var message in messages.OfType<StreamedEvent>()) Add(message);
        }
    }

    /// <summary>What left the cache since the last call.</summary>
    public bool TryPurgeFromCache([MaybeNullWhen(false)] out IList<IBatchContainer> purgedItems)
    {
        lock (_lock)
        {
            // Nobody subscribes to these streams; their rows stay open, and the sweep sees to them.
            foreach (var backlog in _unread)
            {
                if (!backlog.HasReaders) Release(backlog);
            }

            _unread.Clear();
            purgedItems = _released;
            if (_released.Count == 0) return false;
            _released = [];
            return true;
        }
    }

    /// <param name="token">Where to begin; null: at the oldest event held.</param>
    /// <exception cref="QueueCacheMissException">Events at or after the token may have left the cache.</exception>
    public EventCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token)
    {
        lock (_lock)
        {
            var backlog = Backlog(streamId);
            if (token is not null && !backlog.CanBeginAt(token))
            {
                Forget(backlog);
                throw new QueueCacheMissException($"{token.SequenceNumber}", $"{backlog.OldestPosition}", $"{_lastAdded}");
            }

            return Begin(backlog, token?.SequenceNumber ?? long.MinValue);
        }
    }

    /// <summary>A subscriber that asks for what has left reads the queue's history, if it has one.</summary>
    IQueueCacheCursor IQueueCache.GetCacheCursor(StreamId streamId, StreamSequenceToken? token)
    {
        try
        {
            return GetCacheCursor(streamId, token);
        }
        catch (QueueCacheMissException) when (token is { EventIndex: not StreamedEvent.OfDelivery })
        {
            if (History?.ReadBack(streamId, token) is not { } history) throw;
            var cursor = new HistoryCursor(this, streamId, history);
            lock (_lock) _rewound.Add(cursor);
            return cursor;
        }
    }

    /// <summary>The live cursor that goes on at a position; null: what is there has left by now.</summary>
    internal EventCursor? TryJoin(HistoryCursor cursor, long position)
    {
        lock (_lock)
        {
            var backlog = Backlog(cursor.Stream);
            if (position <= backlog.ReleasedThrough)
            {
                Forget(backlog);
                return null;
            }

            _rewound.Remove(cursor);
            return Begin(backlog, position);
        }
    }

    internal void Forget(HistoryCursor cursor)
    {
        lock (_lock) _rewound.Remove(cursor);
    }

    internal bool Advance(EventCursor cursor)
    {
        lock (_lock)
        {
            var moved = cursor.Step();
            Release(cursor.Backlog);
            return moved;
        }
    }

    internal void Close(EventCursor cursor)
    {
        lock (_lock)
        {
            cursor.Backlog.Detach(cursor);
            if (cursor.Backlog.HasReaders) Release(cursor.Backlog);
            else if (cursor.Backlog.IsEmpty) Forget(cursor.Backlog);
            else _unread.Add(cursor.Backlog);
        }
    }

    private EventCursor Begin(StreamBacklog backlog, long from)
    {
        var cursor = new EventCursor(this, backlog, backlog.PlaceOf(from), from, deliveryBatch);
        backlog.Attach(cursor);
        Release(backlog);
        return cursor;
    }

    private void Add(StreamedEvent e)
    {
        if (e.Position <= _lastAdded) throw new ArgumentException($"Position {e.Position} after {_lastAdded}: a queue is read in order.");
        // What was before the first read is not here either.
        if (_lastAdded == long.MinValue) _forgottenThrough = e.Position - 1;
        _lastAdded = e.Position;
        _held.Add(e.Position);
        var backlog = Backlog(e.StreamId);
        backlog.Add(e);
        if (!backlog.HasReaders) _unread.Add(backlog);
    }

    private StreamBacklog Backlog(StreamId stream)
    {
        if (_backlogs.TryGetValue(stream, out var backlog)) return backlog;
        return _backlogs[stream] = new(stream, _forgottenThrough);
    }

    private void Release(StreamBacklog backlog)
    {
        var before = _released.Count;
        backlog.Release(_released);
        foreach (var gone in _released[before..]) _held.Remove(((StreamedEvent)gone).Position);
        Forget(backlog);
    }

    private void Forget(StreamBacklog backlog)
    {
        // The stream may have a new backlog since this one was forgotten.
        if (backlog.HasReaders || !backlog.IsEmpty || _backlogs.GetValueOrDefault(backlog.Stream) != backlog) return;
        _backlogs.Remove(backlog.Stream);
        _forgottenThrough = Math.Max(_forgottenThrough, backlog.ReleasedThrough);
    }
}
