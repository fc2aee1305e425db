using ComplianceGrid.Storage.Audit.Ledger;

namespace ComplianceGrid.Storage.Audit.Notes;

/// <summary>What one of this ledger's keys signed about one of its logs: made by <see cref="LedgerVerifier"/> alone.</summary>
/// <param name="Epoch">0: the tenant's first log.</param>
/// <param name="Size">Entries.</param>
/// <param name="Note">As it was signed, with the signatures of this ledger's keys alone.</param>
public sealed record LogCheckpoint(string Tenant, int Epoch, long Size, TreeHash Root, SignedNote Note)
{
    /// <summary>Whether it tells of a later state of the tenant's logs than another does.</summary>
    public bool IsNewerThan(LogCheckpoint other) => (Epoch, Size).CompareTo((other.Epoch, other.Size)) > 0;
}
