using Npgsql;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>Holds a stored log to what was said of it. As a role that may read its hashes.</summary>
public static class LogConsistency
{
    /// <summary>
    /// Whether the log, by the hashes that are stored now, is the one that had the older root at the older size, and only grew to the
    /// newer. One round trip, of some 20 hashes; none when the sizes are the same.
    /// </summary>
    public static async Task<bool> HoldsAsync(
        NpgsqlDataSource audit, string tenant, int epoch, (long Size, TreeHash Root) older, (long Size, TreeHash Root) newer, CancellationToken ct)
    {
        if (older.Size > newer.Size) return false;
        try
        {
            var proof = await Proofs.ConsistencyAsync(new LedgerHashes(audit, tenant, epoch), older.Size, newer.Size, ct);
            return ProofCheck.Consistency(older.Size, older.Root, newer.Size, newer.Root, proof.AsSpan());
        }
        catch (InvalidDataException)
        {
            return false; // hashes that the newer tree must have are not there
        }
    }
}
