namespace ComplianceGrid.Storage.Audit.Checkpoints;

/// <summary>A row of <c>audit.checkpoint</c>: what the database says, of which only the note's signature proves anything.</summary>
/// <param name="Note">C2SP signed note.</param>
/// <param name="CreatedAt">When it was signed.</param>
public sealed record StoredCheckpoint(string Tenant, int Epoch, long Size, string Note, DateTimeOffset CreatedAt);
