using Orleans.Streams;

namespace ComplianceGrid.Streams.Core.Cache;

/// <summary>The undelivered events of one stream, and who reads them. Guarded by the lock of its <see cref="EventCache"/>.</summary>
internal sealed class StreamBacklog(StreamId stream, long releasedThrough)
{
    private readonly List<StreamedEvent> _events = [];
    private readonly List<EventCursor> _cursors = [];

    public StreamId Stream => stream;
    public bool HasReaders => _cursors.Count > 0;
    public bool IsEmpty => _events.Count == 0;
    public long? OldestPosition => IsEmpty ? null : _events[0].Position;
    public long? OldestInLog => _events.Min(e => e.Event.LogPosition?.Position);

    /// <summary>Place of the oldest event held, counted over the stream's life in this cache.</summary>
    public long Start { get; private set; }

    /// <summary>Events up to this position are not held any more.</summary>
    public long ReleasedThrough { get; private set; } = releasedThrough;

    public void Add(StreamedEvent e) => _events.Add(e);

    public void Attach(EventCursor cursor) => _cursors.Add(cursor);

    public void Detach(EventCursor cursor) => _cursors.Remove(cursor);

    public StreamedEvent? At(long place) => place < Start + _events.Count ? _events[(int)(place - Start)] : null;

    /// <summary>Up to so many events from a place on.</summary>
    public IReadOnlyList<StreamedEvent> From(long place, int max)
    {
        var index = (int)(place - Start);
        return index < _events.Count ? _events.GetRange(index, Math.Min(max, _events.Count - index)) : [];
    }

    public StreamedEvent? Find(long position) => _events.Find(e => e.Position == position);

    /// <summary>
    /// Whether nothing at or after a place has left. A delivery's place is known while its event is held: one that is not may be ahead of
    /// this reader, or of a topic that is no more, and is never waited for.
    /// </summary>
    public bool CanBeginAt(StreamSequenceToken token) => token.EventIndex == StreamedEvent.OfDelivery
        ? Find(token.SequenceNumber) is not null
        : token.SequenceNumber > ReleasedThrough && token is not EventTimeToken;

    /// <summary>Place of the first event at or after a position.</summary>
    public long PlaceOf(long position)
    {
        var index = _events.FindIndex(e => e.Position >= position);
        return Start + (index < 0 ? _events.Count : index);
    }

    /// <summary>Takes out what every reader has done with; with no reader, everything.</summary>
    public void Release(List<IBatchContainer> released)
    {
        var floor = HasReaders ? _cursors.Min(cursor => cursor.Floor) : Start + _events.Count;
        var count = (int)(floor - Start);
        if (count <= 0) return;
        ReleasedThrough = _events[count - 1].Position;
        released.AddRange(_events.GetRange(0, count));
        _events.RemoveRange(0, count);
        Start = floor;
    }
}
