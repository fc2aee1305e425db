using System.Security.Cryptography;

namespace ComplianceGrid.Storage.Encryption;

/// <summary>
/// AES-256-GCM: header | nonce (12) | ciphertext | tag (16). Header and context are authenticated. Nonces are random, so one
/// key may seal at most 2^32 times (NIST SP 800-38D §8.3): rotation keeps a tenant far below.
/// </summary>
internal static class AesSeal
{
    public const int NonceSize = 12;
    public const int TagSize = 16;

    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> header, ReadOnlySpan<byte> clear, ReadOnlySpan<byte> context)
    {
        var result = new byte[header.Length + NonceSize + clear.Length + TagSize];
        header.CopyTo(result);
        var nonce = result.AsSpan(header.Length, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(nonce, clear, result.AsSpan(header.Length + NonceSize, clear.Length), result.AsSpan(^TagSize..), [.. header, .. context]);
        return result;
    }

    /// <exception cref="SealBrokenException">Not what was sealed with this key, header and context.</exception>
    public static byte[] Open(ReadOnlySpan<byte> key, int headerSize, ReadOnlySpan<byte> box, ReadOnlySpan<byte> context)
    {
        var size = box.Length - headerSize - NonceSize - TagSize;
        if (size < 0) throw new SealBrokenException("The sealed value is too short.");
        var clear = new byte[size];
        using var aes = new AesGcm(key, TagSize);
        try
        {
            aes.Decrypt(box.Slice(headerSize, NonceSize), box.Slice(headerSize + NonceSize, size), box[^TagSize..], clear,
                [.. box[..headerSize], .. context]);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new SealBrokenException("The sealed value is not what was sealed here.", e);
        }

        return clear;
    }
}
