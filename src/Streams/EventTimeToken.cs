using Orleans.Streams;

namespace ComplianceGrid.Streams;

/// <summary>
/// A place to subscribe from: the first event that is, by its own <c>time</c>, not older than an instant; after it every event
/// counts that is not. For transports that keep what was delivered.
/// </summary>
[GenerateSerializer, Immutable, Alias("EventTimeToken")]
public sealed class EventTimeToken(DateTimeOffset time) : StreamSequenceToken
{
    [Id(0)] public DateTimeOffset Time { get; } = time;

    /// <summary>Before all events.</summary>
    public override long SequenceNumber { get => -1; protected set => throw new NotSupportedException(); }

    public override int EventIndex { get => 0; protected set => throw new NotSupportedException(); }

    public override bool Equals(StreamSequenceToken? other) => other is EventTimeToken token && token.Time == Time;

    public override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

    public override int GetHashCode() => Time.GetHashCode();

    public override int CompareTo(StreamSequenceToken? other) => other switch
    {
        null => 1,
        EventTimeToken token => Time.CompareTo(token.Time),
        _ => -1,
    };
}
