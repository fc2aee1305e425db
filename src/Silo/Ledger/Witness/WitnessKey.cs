using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Storage.Audit.Notes;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace ComplianceGrid.Silo.Ledger.Witness;

/// <summary>A witness' verifier key, and what a cosignature by it says (C2SP tlog-cosignature): Ed25519 (0x04) or ML-DSA-44 (0x06).</summary>
internal sealed class WitnessKey
{
    private const byte Ed25519 = 0x04, MlDsa44 = 0x06;
    private const int TimestampSize = sizeof(ulong);

    private readonly byte _type;
    private readonly byte[] _key;
    private readonly uint _id;

    private WitnessKey(string name, byte type, byte[] key)
    {
        (Name, _type, _key) = (name, type, key);
        _id = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', type, .. key]));
    }

    public string Name { get; }

    /// <param name="text"><c>name+hex(key id)+base64(type || key)</c>.</param>
    /// <exception cref="NoteException">It is no key of these kinds.</exception>
    public static WitnessKey Parse(string text)
    {
        var parts = text.Split('+', 3); // base64 may have plus signs of its own
        var bytes = new byte[text.Length];
        if (parts.Length != 3 || parts[0].Length is 0 or > 255 || !Convert.TryFromBase64String(parts[2], bytes, out var size)
            || bytes.AsSpan(0, size) is not ([Ed25519, ..] and { Length: 33 } or [MlDsa44, ..] and { Length: 1313 }))
            throw new NoteException("A witness' key must be name+id+key, of the type 0x04 or 0x06.");
        var key = new WitnessKey(parts[0], bytes[0], bytes[1..size]);
        return parts[1] == key._id.ToString("x8", CultureInfo.InvariantCulture) ? key : throw new NoteException("The key id is not that of the key.");
    }

    /// <summary>Whether the line claims to be by this key.</summary>
    public bool IsOf(NoteSignature signature) => signature.KeyId == _id && signature.Name == Name;

    /// <summary>Whether it is, and of this checkpoint.</summary>
    /// <param name="text">The checkpoint's text.</param>
    public bool Verifies(string text, NoteSignature signature)
    {
        var stamped = signature.Signature.Span;
        if (!IsOf(signature) || stamped.Length <= TimestampSize) return false;
        var timestamp = BinaryPrimitives.ReadUInt64BigEndian(stamped);
        return timestamp <= long.MaxValue && (_type == Ed25519
            ? VerifyEd25519(Stamped(timestamp, text), stamped[TimestampSize..].ToArray())
            : VerifyMlDsa44(Statement(timestamp, Checkpoint.Parse(text)), stamped[TimestampSize..].ToArray()));
    }

    private static byte[] Stamped(ulong timestamp, string text) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {timestamp}\n{text}"));

    private byte[] Statement(ulong timestamp, Checkpoint checkpoint)
    {
        var (name, origin) = (Encoding.UTF8.GetBytes(Name), Encoding.UTF8.GetBytes(checkpoint.Origin));
        return
        [
            .. "subtree/v1\n\0"u8, (byte)name.Length, .. name, .. BigEndian(timestamp), (byte)origin.Length, .. origin,
            .. BigEndian(0), .. BigEndian((ulong)checkpoint.Size), .. checkpoint.Root.Span,
        ];
    }

    private static byte[] BigEndian(ulong value)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    private bool VerifyEd25519(byte[] message, byte[] signature)
    {
        var verifier = new Ed25519Signer();
        verifier.Init(forSigning: false, new Ed25519PublicKeyParameters(_key));
        verifier.BlockUpdate(message, 0, message.Length);
        return verifier.VerifySignature(signature);
    }

    private bool VerifyMlDsa44(byte[] message, byte[] signature)
    {
        var verifier = new MLDsaSigner(MLDsaParameters.ml_dsa_44, deterministic: true);
        verifier.Init(forSigning: false, MLDsaPublicKeyParameters.FromEncoding(MLDsaParameters.ml_dsa_44, _key));
        verifier.BlockUpdate(message, 0, message.Length);
        return verifier.VerifySignature(signature);
    }
}
