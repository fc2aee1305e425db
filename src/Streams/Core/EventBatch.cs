using ComplianceGrid.Streams.Core.Failures;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Core;

/// <summary>
/// Several events of one stream in an agent's hand, for one delivery. It stays with the agent; what is sent is made of it, by
/// <see cref="DeliveryFilter"/>. It is tried whole once: when that fails its first event goes alone, and its cursor gives the others out
/// alone after it. So a failure is always that of one event, which is what Orleans' failure handler is told.
/// </summary>
/// <param name="events">Two or more.</param>
[Immutable] // or Orleans would copy it for the call, and the agent's own would not learn what became of it
internal sealed class EventBatch(IReadOnlyList<StreamedEvent> events) : IBatchContainer
{
    /// <summary>Marks the token of a batch that failed whole: none of its events is known to be the cause.</summary>
    public const int OfFailedBatch = -2;

    private bool _isAlone;

    public IReadOnlyList<StreamedEvent> Events => events;
    public StreamedEvent First => events[0];
    public StreamId StreamId => First.StreamId;

    /// <summary>How many of the first events are done with when the agent asks for the next: delivered, or failed alone and settled.</summary>
    public int Done { get; private set; }

    /// <summary>Whether the next try is of the first event alone.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The first event's, as in the batch that is sent: the grain and the agent compare it.</summary>
    public StreamSequenceToken SequenceToken => HasFailed && !_isAlone ? new EventSequenceTokenV2(First.Position, OfFailedBatch) : First.SequenceToken;

    /// <summary>Orleans' own form of it, which every version of the grid reads.</summary>
    public BatchContainerBatch ToSend() => new([.. events]);

    public void Delivered() => Done = events.Count;

    public void Failed() => HasFailed = true;

    /// <summary>From now on what becomes of the first event is told as that of any event.</summary>
    public void GoAlone() => (_isAlone, Done) = (true, 1);

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() => events.SelectMany(e => e.GetEvents<T>());

    public bool ImportRequestContext() => false;

    public override string ToString() => $"{events.Count} events for {StreamId} from {First.Position} on";
}
