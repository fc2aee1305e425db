using System.Globalization;
using ComplianceGrid.Storage.Audit.Ledger;

namespace ComplianceGrid.Storage.Audit.Notes;

/// <summary>What a log was at one size (C2SP tlog-checkpoint): three lines, signed as a note. No extension lines.</summary>
/// <param name="Origin">Which log: <see cref="LedgerOrigin"/>.</param>
/// <param name="Size">Number of entries, 0 or more.</param>
/// <param name="Root">The RFC 6962 root of that many entries.</param>
public sealed record Checkpoint(string Origin, long Size, TreeHash Root)
{
    /// <summary>The text to sign.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Root}\n");

    /// <param name="text">A note's text. Verify the note first.</param>
    /// <exception cref="NoteException">It is no checkpoint.</exception>
    public static Checkpoint Parse(string text)
    {
        if (text.Split('\n') is not [{ Length: > 0 } origin, var size, var root, ""]) throw new NoteException("A checkpoint must be of three lines: origin, size, root.");
        if (!long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || size != number.ToString(CultureInfo.InvariantCulture))
            throw new NoteException("A checkpoint's size must be a decimal number without leading zeroes.");
        var hash = StrictBase64.TryDecode(root) ?? throw new NoteException("A checkpoint's root must be base64.");
        return hash.Length == TreeHash.Size ? new(origin, number, new(hash)) : throw new NoteException("A checkpoint's root must have 32 bytes.");
    }

    /// <summary>Of a signed note, which it verifies first.</summary>
    /// <exception cref="NoteException">The note is not signed by one of the keys, or is no checkpoint.</exception>
    public static Checkpoint Verified(SignedNote note, IReadOnlyCollection<VerifierKey> known)
    {
        note.Verify(known);
        return Parse(note.Text);
    }
}
