using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Storage.Audit.Notes;

/// <summary>Section <c>Ledger</c>: how this installation's logs are named and whose checkpoints of them are good.</summary>
public sealed class LedgerOptions
{
    public const string Section = "Ledger";

    /// <summary>Start of every log's origin and name of the signing key; a name of your own domain's, and never changed. No blank, no plus sign.</summary>
    [Required, RegularExpression(@"[^\s+\p{C}]{1,200}")]
    public string Origin { get; set; } = "compliance-grid.local/ledger";

    /// <summary>PEM files of the public keys that checkpoints are or once were signed with.</summary>
    public string[] PublicKeyFiles { get; set; } = [];

    /// <exception cref="NoteException">A file holds no P-256 key.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public ImmutableArray<VerifierKey> PublicKeys() => [.. PublicKeyFiles.Select(file => VerifierKey.FromPem(Origin, File.ReadAllText(file)))];
}
