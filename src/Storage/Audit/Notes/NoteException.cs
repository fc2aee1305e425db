namespace ComplianceGrid.Storage.Audit.Notes;

/// <summary>A note, checkpoint or key that is not written as the specification has it, or whose signature does not fit. The message says which.</summary>
public sealed class NoteException(string message) : Exception(message);
