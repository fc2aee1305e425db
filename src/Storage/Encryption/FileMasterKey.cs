using System.Security.Cryptography;

namespace ComplianceGrid.Storage.Encryption;

/// <summary>A master key in a file: 32 bytes as base64, readable by its owner alone. For development and single machines.</summary>
public sealed class FileMasterKey : IMasterKey
{
    private const byte Format = 1;

    private readonly byte[] _key;
    private readonly byte[] _id;

    private FileMasterKey(byte[] key)
    {
        _key = key;
        _id = SHA256.HashData(key)[..8];
    }

    /// <exception cref="InvalidOperationException">The file is absent, open to others, or holds no 32-byte key.</exception>
    public static FileMasterKey Load(string path) => new(KeyFile.Read(path, "The master key file"));

    public ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> context, CancellationToken ct = default) =>
        new(AesSeal.Seal(_key, [Format, .. _id], key.Span, context.Span));

    public ValueTask<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, ReadOnlyMemory<byte> context, CancellationToken ct = default)
    {
        if (wrapped.Length <= 1 + _id.Length || wrapped.Span[0] != Format || !wrapped.Span.Slice(1, _id.Length).SequenceEqual(_id))
            throw new SealBrokenException("The data key was wrapped by another master key.");
        return new(AesSeal.Open(_key, 1 + _id.Length, wrapped.Span, context.Span));
    }
}
