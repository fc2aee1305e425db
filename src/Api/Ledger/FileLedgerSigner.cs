using System.Security.Cryptography;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Api.Ledger;

/// <summary>A key in a PEM file, readable by its owner alone. For development and single machines.</summary>
internal sealed class FileLedgerSigner : ILedgerSigner, IDisposable
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly Lock _turn = new(); // an instance of ECDsa is not for several threads
    private readonly ECDsa _key;
    private readonly VerifierKey _public;

    private FileLedgerSigner(ECDsa key, VerifierKey publicKey) => (_key, _public) = (key, publicKey);

    /// <param name="origin">The ledger's name, which is the key's.</param>
    /// <exception cref="InvalidOperationException">The file is absent, open to others, or holds no private key on P-256.</exception>
    public static FileLedgerSigner Load(string path, string origin)
    {
        if (!File.Exists(path)) throw new InvalidOperationException($"The ledger's key file {path} does not exist.");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            throw new InvalidOperationException($"The ledger's key file {path} is open to others than its owner: chmod 600 it.");
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            key.SignHash(new byte[SHA256.HashSizeInBytes]); // a public key alone cannot
            return new(key, new(origin, key.ExportSubjectPublicKeyInfo()));
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException or NoteException)
        {
            key.Dispose();
            throw new InvalidOperationException($"The ledger's key file {path} holds no private key on P-256 in PEM.", error);
        }
    }

    public ValueTask<VerifierKey> KeyAsync(CancellationToken ct) => new(_public);

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        lock (_turn) return new(_key.SignData(text.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    public void Dispose() => _key.Dispose();
}
