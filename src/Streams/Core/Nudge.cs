using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Core;

/// <summary>
/// No event: it has Orleans' agent look again at the cursors of a stream. The agent does so by itself only when the stream has a new
/// event. The cache does not keep it.
/// </summary>
internal sealed class Nudge(StreamId stream) : IBatchContainer
{
    public StreamId StreamId => stream;

    /// <summary>Behind every event, so that nobody begins to read here in an event's stead.</summary>
    public StreamSequenceToken SequenceToken { get; } = new EventSequenceTokenV2(long.MaxValue);

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() => [];

    public bool ImportRequestContext() => false;
}
