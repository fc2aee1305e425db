namespace ComplianceGrid.Storage.Events.Reader;

/// <summary>A row of the event log that no grain has saved yet.</summary>
/// <param name="Attempt">1 for the first time; a republished event counts on.</param>
/// <param name="Body">The CloudEvent as UTF-8 JSON.</param>
public sealed record OpenEvent(long Position, string Namespace, string StreamKey, int Attempt, byte[] Body);
