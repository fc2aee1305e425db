using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>SHA-256 of a leaf or of a subtree: 32 bytes. Its text is base64, as in a checkpoint.</summary>
public readonly struct TreeHash : IEquatable<TreeHash>
{
    public const int Size = 32;

    private readonly Bytes _bytes;

    /// <param name="bytes">32 bytes.</param>
    /// <exception cref="ArgumentException">Another number of bytes.</exception>
    public TreeHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException("A tree hash has 32 bytes.", nameof(bytes));
        bytes.CopyTo(_bytes);
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> Span => _bytes;

    /// <exception cref="FormatException">Not the one spelling of 32 bytes in base64.</exception>
    public static TreeHash Parse(string base64) =>
        StrictBase64.TryDecode(base64) is { Length: Size } bytes ? new(bytes) : throw new FormatException("A tree hash must be base64 of 32 bytes.");

    /// <summary>Hashes that stand one after the other, as in a tile or a frontier.</summary>
    /// <exception cref="FormatException">Not a multiple of 32 bytes.</exception>
    public static TreeHash[] Split(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % Size != 0) throw new FormatException("Tree hashes have 32 bytes each.");
        var hashes = new TreeHash[bytes.Length / Size];
        for (var i = 0; i < hashes.Length; i++) hashes[i] = new(bytes.Slice(i * Size, Size));
        return hashes;
    }

    public static byte[] Join(ReadOnlySpan<TreeHash> hashes)
    {
        var bytes = new byte[hashes.Length * Size];
        for (var i = 0; i < hashes.Length; i++) hashes[i].Span.CopyTo(bytes.AsSpan(i * Size));
        return bytes;
    }

    public byte[] ToArray() => Span.ToArray();

    public bool Equals(TreeHash other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is TreeHash other && Equals(other);

    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(Span);

    public override string ToString() => Convert.ToBase64String(Span);

    public static bool operator ==(TreeHash left, TreeHash right) => left.Equals(right);

    public static bool operator !=(TreeHash left, TreeHash right) => !left.Equals(right);

    [InlineArray(Size)]
    private struct Bytes
    {
        private byte _first;
    }
}
