using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace ComplianceGrid.Storage.Audit.Notes;

/// <summary>
/// The public half of a key that signs notes by ECDSA on P-256 with SHA-256 (C2SP type 0x02). Written <c>name+hex(key id)+base64(0x02 || SPKI)</c>;
/// the key id is the first four bytes of the SHA-256 of the DER SubjectPublicKeyInfo.
/// </summary>
public sealed class VerifierKey
{
    private const byte Ecdsa = 0x02;
    private const string P256 = "1.2.840.10045.3.1.7";
    private readonly byte[] _spki;

    /// <param name="name">No blank, no plus sign.</param>
    /// <param name="spki">DER SubjectPublicKeyInfo of a key on P-256.</param>
    /// <exception cref="NoteException">The name or the key is not acceptable.</exception>
    public VerifierKey(string name, ReadOnlySpan<byte> spki)
    {
        if (!NoteSignature.IsName(name) || name.Any(char.IsControl)) throw new NoteException("A key name must not be empty nor have blanks or plus signs.");
        using var key = Import(spki);
        (Name, _spki) = (name, spki.ToArray());
        KeyId = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(spki));
    }

    public string Name { get; }

    public uint KeyId { get; }

    /// <exception cref="NoteException">It is no verifier key of this kind.</exception>
    public static VerifierKey Parse(string text)
    {
        var parts = text.Split('+', 3); // base64 may have plus signs of its own
        if (parts.Length != 3) throw new NoteException("A verifier key must be name+id+key.");
        var key = StrictBase64.TryDecode(parts[2]) ?? throw new NoteException("The key must be base64.");
        if (key is not [Ecdsa, ..]) throw new NoteException("The key is not of the type 0x02 (ECDSA).");
        var parsed = new VerifierKey(parts[0], key.AsSpan(1));
        return parts[1] == Hex(parsed.KeyId) ? parsed : throw new NoteException("The key id is not that of the key.");
    }

    /// <param name="pem">A file's text with one P-256 key, public or private.</param>
    /// <exception cref="NoteException">It holds none.</exception>
    public static VerifierKey FromPem(string name, string pem)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            throw new NoteException("The file holds no P-256 key in PEM.");
        }

        return new(name, key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Whether the line claims to be by this key.</summary>
    public bool IsOf(NoteSignature signature) => signature.KeyId == KeyId && signature.Name == Name;

    /// <summary>Whether it is.</summary>
    /// <param name="text">The note's text, its last newline included.</param>
    public bool Verifies(ReadOnlySpan<byte> text, NoteSignature signature)
    {
        using var key = Import(_spki); // an instance is not for several threads
        return IsOf(signature) && key.VerifyData(text, signature.Signature.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    public override string ToString() => $"{Name}+{Hex(KeyId)}+{Convert.ToBase64String([Ecdsa, .. _spki])}";

    private static string Hex(uint id) => id.ToString("x8", CultureInfo.InvariantCulture);

    private static ECDsa Import(ReadOnlySpan<byte> spki)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(spki, out var read);
            if (read == spki.Length && key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256
                && key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(spki)) return key;
        }
        catch (CryptographicException)
        {
            // said below, with the others
        }

        key.Dispose();
        throw new NoteException("The key is no DER SubjectPublicKeyInfo of a key on P-256.");
    }
}
