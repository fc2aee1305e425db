namespace ComplianceGrid.Storage.Events;

/// <summary>Which queue of the event log a stream key belongs to. The number matches the rows of <c>grid.event_queue</c>.</summary>
public static class EventQueues
{
    public const int Count = 8;

    public static int Of(string streamKey) => Of(streamKey, Count);

    /// <summary>The same for a transport that stands alone, with another number of queues.</summary>
    public static int Of(string streamKey, int count) => (int)(StableHash.Of(streamKey) % (uint)count);
}
