using ComplianceGrid.Events;
using ComplianceGrid.Streams.Core.Cache;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Core;

/// <summary>What differs between transports. Everything that Orleans asks for is built on it once, in <c>Core</c>.</summary>
internal interface IStreamTransport
{
    /// <summary>Whether a subscriber may ask for events that were delivered before (<see cref="IQueueSource"/> can be read from any token).</summary>
    bool IsRewindable { get; }

    int QueueCount { get; }

    /// <summary>The queue that carries a stream; it must be the one that <see cref="AppendAsync"/> puts the stream's events into.</summary>
    int QueueOf(StreamId stream);

    /// <summary>Starts reading a queue at its oldest undelivered event.</summary>
    IQueueSource Open(int queue);

    /// <summary>Returns once the events are durable.</summary>
    Task AppendAsync(IReadOnlyList<ComplianceEvent> events, CancellationToken ct);

    /// <summary>
    /// Takes an event whose deliveries failed out of its queue: republished or parked. Returns once one of the two is durable, or
    /// it turns out to be saved.
    /// </summary>
    Task<FailureOutcome> SettleDeliveryAsync(int queue, StreamedEvent failed, string reason, CancellationToken ct);

    /// <summary>The same for an open row of the event log that nobody holds any more.</summary>
    Task<FailureOutcome> SettleUnsavedAsync(EventLogPosition position, string reason, CancellationToken ct);

    /// <summary>Open rows of the event log below a position, ascending.</summary>
    Task<IReadOnlyList<long>> UnsavedBelowAsync(int queue, long position, int max, CancellationToken ct);
}

internal enum FailureOutcome { AlreadySaved, Republished, Parked }

/// <summary>One queue, read by one agent: reading and <see cref="DeliveredAsync"/> one call at a time, the measures at any time beside them.</summary>
internal interface IQueueSource : IAsyncDisposable
{
    /// <summary>
    /// The next events, positions ascending; waits a little when there are none. Throws without having advanced when the
    /// transport is away.
    /// </summary>
    Task<IReadOnlyList<StreamedEvent>> ReadAsync(int max, CancellationToken ct);

    /// <summary>
    /// Everything up to here has left the cache: delivered, republished or parked. A transport that keeps consumer offsets
    /// commits here; one whose rows are closed by the grain that saves them has nothing to do.
    /// </summary>
    Task DeliveredAsync(long position, CancellationToken ct);

    /// <summary>
    /// The position in the event log up to which every row was handed over, or will not come by itself any more: one that is open
    /// and not held in the cache has been dropped. Null: not known.
    /// </summary>
    Task<long?> PassedAsync(CancellationToken ct);

    /// <summary>
    /// Reads what the queue keeps of a stream; null: it keeps nothing. The agent's own reading does not move.
    /// </summary>
    /// <param name="from">A subscriber's token, or an <see cref="EventTimeToken"/>.</param>
    /// <param name="wake">Has the agent look at the stream's cursors.</param>
    IHistoryReader? ReadBack(StreamId stream, StreamSequenceToken from, Action wake);

    /// <summary>How many events were not handed over yet, counted no further than a few ten thousand.</summary>
    Task<long> CountWaitingAsync(CancellationToken ct);
}
