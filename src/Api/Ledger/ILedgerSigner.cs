using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Api.Ledger;

/// <summary>
/// The key that checkpoints are signed with. Asynchronous, so that a key-management service can stand behind it: the private half
/// then never is in this process.
/// </summary>
internal interface ILedgerSigner
{
    /// <summary>The public half, under the ledger's name.</summary>
    ValueTask<VerifierKey> KeyAsync(CancellationToken ct);

    /// <param name="text">The whole text: it is hashed (SHA-256) by the signer.</param>
    /// <returns>The ECDSA signature, DER.</returns>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> text, CancellationToken ct);
}
