using System.Text.Json;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>Checkpoints, before their root is held to a log.</summary>
internal static class NoteCheck
{
    private static ReadOnlySpan<byte> EpochOpened => "LEDGER_EPOCH_OPENED"u8;

    /// <exception cref="NoteException">It is signed by none of the keys, is another log's, or its columns say something else.</exception>
    public static Checkpoint Read(StoredNote stored, LogTerms terms)
    {
        var checkpoint = Checkpoint.Verified(SignedNote.Parse(stored.Note), terms.Keys);
        if (checkpoint.Origin != terms.Origin) throw new NoteException("It is of another log.");
        if (stored.Stated is { } stated && stated != (checkpoint.Size, checkpoint.Root)) throw new NoteException("Its columns have another size or root than what was signed.");
        return checkpoint;
    }

    /// <summary>Of which earlier log of the tenant an epoch is the successor.</summary>
    /// <exception cref="NoteException">It is signed by none of the keys, or of no earlier log of the tenant.</exception>
    public static Checkpoint ReadBound(string note, string ledger, string tenant, int epoch, IReadOnlyCollection<VerifierKey> keys)
    {
        var checkpoint = Checkpoint.Verified(SignedNote.Parse(note), keys);
        return LedgerOrigin.TryParse(ledger, checkpoint.Origin) is { } log && log.Tenant == tenant && log.Epoch < epoch
            ? checkpoint
            : throw new NoteException("It is of no earlier log of the tenant.");
    }

    /// <summary>Whether a log's first record binds it: its details have <c>bound.note</c>, the checkpoint's whole text.</summary>
    public static bool IsBound(Record first, string note)
    {
        if (!first.Says(RecordMember.Action, EpochOpened) || !first.Has(RecordMember.Details)) return false;
        var reader = new Utf8JsonReader(first[RecordMember.Details]);
        var details = JsonElement.ParseValue(ref reader);
        return details.TryGetProperty("bound", out var bound) && bound.ValueKind == JsonValueKind.Object
            && bound.TryGetProperty("note", out var text) && text.ValueKind == JsonValueKind.String && text.GetString() == note;
    }
}
