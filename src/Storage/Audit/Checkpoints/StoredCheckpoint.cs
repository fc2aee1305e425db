using ComplianceGrid.Storage.Audit.Ledger;

namespace ComplianceGrid.Storage.Audit.Checkpoints;

/// <summary>A row of <c>audit.checkpoint</c>: what a log was at one size, signed and kept for ever. Of it only the note's signature proves anything.</summary>
/// <param name="Note">The C2SP signed note.</param>
public sealed record StoredCheckpoint(string Tenant, int Epoch, long Size, TreeHash Root, string Note, DateTimeOffset CreatedAt);
