using ComplianceGrid.Events;

namespace ComplianceGrid.Storage.Events;

/// <summary>A row to append.</summary>
/// <param name="Attempt">1 for a new event; a republished copy counts on.</param>
/// <param name="Body">As <see cref="CloudEventJson"/> writes it.</param>
public sealed record EventLogEntry(string EventId, string Namespace, string StreamKey, string Tenant, int Attempt, byte[] Body)
{
    public int Queue { get; } = EventQueues.Of(StreamKey);

    public static EventLogEntry Of(ComplianceEvent e) => new(e.Id, e.Namespace, e.Key, e.Tenant.Value, 1, CloudEventJson.Write(e));
}
