using System.Collections.Immutable;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Api.Ledger.Verification;

/// <summary>Whose checkpoints an operator's verb takes for good: keys from a file, else the configured ones.</summary>
internal static class LedgerTrust
{
    /// <param name="keyFile">Verifier keys (<c>name+id+key</c>), one a line; null: those of <see cref="LedgerOptions.PublicKeyFiles"/>.</param>
    /// <exception cref="NoteException">A file holds no such key.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ImmutableArray<VerifierKey> Keys(LedgerOptions options, string? keyFile) => keyFile is null
        ? options.PublicKeys()
        : [.. File.ReadLines(keyFile).Where(line => line.Length > 0).Select(VerifierKey.Parse)];

    /// <exception cref="NoteException">It is no checkpoint, or not signed by one of the keys.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Checkpoint? Shown(string? file, ImmutableArray<VerifierKey> keys) =>
        file is null ? null : Checkpoint.Verified(SignedNote.Parse(File.ReadAllBytes(file)), keys);
}
