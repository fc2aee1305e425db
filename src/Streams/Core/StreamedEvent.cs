using System.Diagnostics;
using ComplianceGrid.Events;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Core;

/// <summary>One event on its way to its grains. The token is its position in the queue that it came through.</summary>
[GenerateSerializer, Immutable, Alias("StreamedEvent")]
internal sealed class StreamedEvent : IBatchContainer
{
    /// <summary>
    /// Marks the token by which Orleans knows what it has delivered. A subscriber's own has 0 there: who asks for that place again means
    /// it, while the agent that asks for the former only wants to skip a repeat.
    /// </summary>
    public const int OfDelivery = -1;

    /// <param name="e">With its <see cref="ComplianceEvent.LogPosition"/>, if the event log holds it.</param>
    /// <param name="position">In the queue: the event log's position, or a topic's offset.</param>
    public StreamedEvent(ComplianceEvent e, int attempt, long position)
    {
        Event = e;
        Attempt = attempt;
        StreamId = StreamId.Create(e.Namespace, e.Key);
        Token = new EventSequenceTokenV2(position, OfDelivery);
    }

    [Id(0)] public ComplianceEvent Event { get; }
    [Id(1)] public int Attempt { get; }
    [Id(2)] public StreamId StreamId { get; }
    [Id(3)] public EventSequenceTokenV2 Token { get; }

    public StreamSequenceToken SequenceToken => Token;
    public long Position => Token.SequenceNumber;

    /// <summary>The queue of this process that it came through; null where it was sent to.</summary>
    [field: NonSerialized] public LiveQueue? Queue { get; set; }

    /// <summary>Deliveries tried so far by this agent.</summary>
    [field: NonSerialized] public int Tries { get; set; }

    /// <summary>Why the last try failed. Orleans does not tell its failure handler.</summary>
    [field: NonSerialized] public Exception? LastError { get; set; }

    /// <summary>
    /// Runs where the grain is: the activity is current while the grain handles the event, child of the event's cause.
    /// </summary>
    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
    {
        if (Event is not T typed)
            throw new InvalidOperationException($"The stream carries {nameof(ComplianceEvent)}, its subscriber expects {typeof(T).Name}.");

        using var activity = StreamTelemetry.StartDelivery(this);
        var handled = false;
        try
        {
            yield return Tuple.Create<T, StreamSequenceToken>(typed, new EventSequenceTokenV2(Position));
            handled = true;
        }
        finally
        {
            if (!handled) activity?.SetStatus(ActivityStatusCode.Error);
        }
    }

    public bool ImportRequestContext() => false;

    public override string ToString() => $"{Event.Type} for {StreamId} at {Position}, attempt {Attempt}";
}
