using System.Security.Cryptography;
using System.Text;

namespace ComplianceGrid.Storage.Outbox;

/// <summary>Ids derived from what caused a message: the same cause and effect give the same id on every try.</summary>
public static class DerivedId
{
    /// <summary>RFC 9562 §5.8 (version 8): 122 bits of SHA-256 over the parts, each ended by a unit separator.</summary>
    public static Guid Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData([0x1F]);
        }

        Span<byte> bytes = stackalloc byte[32];
        hash.GetHashAndReset(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes[..16], bigEndian: true);
    }
}
