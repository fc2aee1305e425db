using ComplianceGrid.Storage.Audit.Ledger;

namespace ComplianceGrid.Storage.Audit.Checkpoints;

/// <summary>What must be so before a log's head is signed: its hashes give its root, and it only grew since the last checkpoint.</summary>
public static class LogGrowth
{
    /// <param name="last">The log's newest checkpoint; null: it has none.</param>
    /// <returns>Null: the head may be signed; else why not, in words for an operator.</returns>
    public static async ValueTask<string?> ProblemAsync(IHashReader hashes, LogHead head, StoredCheckpoint? last, CancellationToken ct = default)
    {
        if (last is not null && head.Size < last.Size) return $"It has {head.Size} entries, and {last.Size} are signed for: its end is cut off.";
        try
        {
            if (await Proofs.RootAsync(hashes, head.Size, ct) != head.Root) return $"Its hashes do not give the root of its head at {head.Size} entries.";
            if (last is null) return null;
            var proof = await Proofs.ConsistencyAsync(hashes, last.Size, head.Size, ct);
            return ProofCheck.Consistency(last.Size, last.Root, head.Size, head.Root, proof.AsSpan())
                ? null
                : $"The first {last.Size} of its {head.Size} entries are not those that are signed for: it was altered or forked.";
        }
        catch (InvalidDataException missing)
        {
            return missing.Message;
        }
    }
}
