namespace ComplianceGrid.Storage.Events;

/// <summary>Which queue of the event log a stream key belongs to. The number matches the rows of <c>grid.event_queue</c>.</summary>
public static class EventQueues
{
    public const int Count = 8;

    public static int Of(string streamKey) => (int)(StableHash.Of(streamKey) % Count);
}
