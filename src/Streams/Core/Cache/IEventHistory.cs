using Orleans.Streams;

namespace ComplianceGrid.Streams.Core.Cache;

/// <summary>What a queue keeps of events that have left its cache.</summary>
internal interface IEventHistory
{
    /// <returns>Null: it keeps nothing.</returns>
    IHistoryReader? ReadBack(StreamId stream, StreamSequenceToken from);
}

/// <summary>Events of one stream from a place on, as fast as they are taken. It does not end by itself.</summary>
internal interface IHistoryReader : IDisposable
{
    /// <summary>All events of the stream up to this position have been given out, once <see cref="TryTake"/> has none left.</summary>
    long Through { get; }

    /// <summary>Never waits.</summary>
    bool TryTake(out StreamedEvent? e);

    /// <summary>Has the stream's cursors looked at once more, as soon as there is more than was seen.</summary>
    /// <param name="seen">What <see cref="Through"/> was.</param>
    void WakeOnce(long seen);
}
