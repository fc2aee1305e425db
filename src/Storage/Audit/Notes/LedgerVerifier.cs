using System.Collections.Immutable;

namespace ComplianceGrid.Storage.Audit.Notes;

/// <summary>Tells a checkpoint of this ledger from anything else that looks like one.</summary>
/// <param name="ledger">The ledger's name: <see cref="LedgerOptions.Origin"/>.</param>
/// <param name="keys">Those that sign its checkpoints, or once did.</param>
public sealed class LedgerVerifier(string ledger, ImmutableArray<VerifierKey> keys)
{
    /// <summary>The ledger's name.</summary>
    public string Ledger => ledger;

    /// <exception cref="NoteException">It is not signed by one of the keys, or is of no log of this ledger.</exception>
    public LogCheckpoint Verify(SignedNote note)
    {
        var checkpoint = Checkpoint.Verified(note, keys);
        return LedgerOrigin.TryParse(ledger, checkpoint.Origin) is { } log
            ? new(log.Tenant, log.Epoch, checkpoint.Size, checkpoint.Root, Ours(note))
            : throw new NoteException("The checkpoint's origin is no log of this ledger.");
    }

    private SignedNote Ours(SignedNote note) =>
        note with { Signatures = [.. note.Signatures.Where(signature => keys.Any(key => key.IsOf(signature)))] };
}
