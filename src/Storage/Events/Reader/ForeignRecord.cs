using ComplianceGrid.Events;

namespace ComplianceGrid.Storage.Events.Reader;

/// <summary>A record of a topic that the event log does not hold.</summary>
/// <param name="Body">The event as <see cref="CloudEventJson"/> writes it; of what cannot be read, the bytes as they came.</param>
/// <param name="Event">Null: the body cannot be read.</param>
public sealed record ForeignRecord(string Topic, int Partition, long Offset, byte[] Body, ComplianceEvent? Event);
