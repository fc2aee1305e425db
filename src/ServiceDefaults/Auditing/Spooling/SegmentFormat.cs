using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ComplianceGrid.ServiceDefaults.Auditing.Spooling;

/// <summary>
/// A segment file: header, then frames. Header: magic (8) | salt (32) | proof (8). Frame: length of the content (4, big-endian) | proof (8) |
/// sealed content | tag (16). Proofs are truncated HMACs, of the file's name and of number and length of a frame: a length that was
/// altered is not taken for a file that ends early.
/// </summary>
internal static class SegmentFormat
{
    public const int ProofSize = 8;
    public const int TagSize = 16;
    public const int FrameHeaderSize = sizeof(uint) + ProofSize;
    public const int FrameOverhead = FrameHeaderSize + TagSize;
    public const int HeaderSize = 8 + SpoolKey.SaltSize + ProofSize;

    /// <summary>Content of one frame; an append of more is several frames.</summary>
    public const int MostContent = 1 << 20;

    public static ReadOnlySpan<byte> Magic => "GRIDSPL1"u8;

    public static void WriteFileProof(SegmentKeys keys, string name, Span<byte> proof) => Prove(keys, Encoding.UTF8.GetBytes(name), proof);

    public static void WriteFrameProof(SegmentKeys keys, ulong number, uint length, Span<byte> proof)
    {
        Span<byte> text = stackalloc byte[sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64BigEndian(text, number);
        BinaryPrimitives.WriteUInt32BigEndian(text[sizeof(ulong)..], length);
        Prove(keys, text, proof);
    }

    public static void WriteNonce(ulong number, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], number);
    }

    private static void Prove(SegmentKeys keys, ReadOnlySpan<byte> text, Span<byte> proof)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(keys.Frame, text, whole);
        whole[..ProofSize].CopyTo(proof);
    }
}
