using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ComplianceGrid.ServiceDefaults.Auditing.Spooling;

/// <summary>How a segment file ends.</summary>
internal enum SegmentEnd
{
    /// <summary>With its last whole frame.</summary>
    Whole,
    /// <summary>Within a frame that was being written when the process or the machine died. Nobody was told that it was durable.</summary>
    Torn,
    /// <summary>With something that no crash leaves: altered, moved, or sealed with another key. The frames before it are good.</summary>
    Refused,
}

/// <param name="Frames">Contents of the good frames, in order.</param>
internal sealed record SegmentContent(IReadOnlyList<byte[]> Frames, SegmentEnd End);

internal static class SegmentReader
{
    private const int Sector = 512;
    private const int FewestZeros = 4;

    public static SegmentContent Read(string path, SpoolKey key)
    {
        var file = File.ReadAllBytes(path);
        if (file.Length < SegmentFormat.HeaderSize) return new([], SegmentEnd.Torn); // died while it was made
        var header = file.AsSpan(0, SegmentFormat.HeaderSize);
        var keys = key.For(header.Slice(SegmentFormat.Magic.Length, SpoolKey.SaltSize));
        Span<byte> proof = stackalloc byte[SegmentFormat.ProofSize];
        SegmentFormat.WriteFileProof(keys, Path.GetFileName(path), proof);
        if (!header.StartsWith(SegmentFormat.Magic) || !CryptographicOperations.FixedTimeEquals(proof, header[^SegmentFormat.ProofSize..]))
            return new([], IsUnwritten(file, 0) ? SegmentEnd.Torn : SegmentEnd.Refused);

        var frames = new List<byte[]>();
        using var seal = new AesGcm(keys.Seal, SegmentFormat.TagSize);
        var at = SegmentFormat.HeaderSize;
        while (at < file.Length)
        {
            if (EndOf(file, at, keys, (ulong)frames.Count, out var size) is { } end) return new(frames, end);
            if (Open(seal, file.AsSpan(at, size), (ulong)frames.Count) is not { } content) return new(frames, IsUnwritten(file, at) ? SegmentEnd.Torn : SegmentEnd.Refused);
            frames.Add(content);
            at += size;
        }

        return new(frames, SegmentEnd.Whole);
    }

    /// <returns>How the file ends here, when no whole frame follows.</returns>
    private static SegmentEnd? EndOf(byte[] file, int at, SegmentKeys keys, ulong number, out int size)
    {
        size = 0;
        var rest = file.AsSpan(at);
        if (rest.Length < SegmentFormat.FrameHeaderSize) return SegmentEnd.Torn;
        var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        Span<byte> proof = stackalloc byte[SegmentFormat.ProofSize];
        SegmentFormat.WriteFrameProof(keys, number, length, proof);
        if (!CryptographicOperations.FixedTimeEquals(proof, rest.Slice(sizeof(uint), SegmentFormat.ProofSize)))
            return IsUnwritten(file, at) ? SegmentEnd.Torn : SegmentEnd.Refused;
        if (rest.Length - SegmentFormat.FrameOverhead < length) return SegmentEnd.Torn;
        size = SegmentFormat.FrameOverhead + (int)length;
        return null;
    }

    /// <summary>
    /// Whether the frame is the last, and the disk noted the file's length but not all of the frame's sectors: from one of their borders
    /// on there are zeros to the end.
    /// </summary>
    private static bool IsUnwritten(byte[] file, int at)
    {
        var written = file.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        if (written <= at) return true;
        var border = (written + Sector - 1) / Sector * Sector;
        return file.Length - border >= FewestZeros;
    }

    private static byte[]? Open(AesGcm seal, ReadOnlySpan<byte> frame, ulong number)
    {
        var content = new byte[frame.Length - SegmentFormat.FrameOverhead];
        Span<byte> nonce = stackalloc byte[12];
        SegmentFormat.WriteNonce(number, nonce);
        try
        {
            seal.Decrypt(nonce, frame.Slice(SegmentFormat.FrameHeaderSize, content.Length), frame[^SegmentFormat.TagSize..], content);
            return content;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
