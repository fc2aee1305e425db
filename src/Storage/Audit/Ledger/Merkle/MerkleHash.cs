using System.Buffers;
using System.Security.Cryptography;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>RFC 6962 §2.1: the prefixes keep a leaf from being taken for a node.</summary>
public static class MerkleHash
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;
    private const int OnStack = 2048;

    /// <summary>The root of a log without entries: SHA-256 of nothing.</summary>
    public static readonly TreeHash Empty = new(SHA256.HashData([]));

    /// <summary>SHA-256(0x00 || <paramref name="record"/>).</summary>
    public static TreeHash Leaf(ReadOnlySpan<byte> record)
    {
        var length = record.Length + 1;
        var rented = length > OnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var input = rented is null ? stackalloc byte[OnStack] : rented;
        input[0] = LeafPrefix;
        record.CopyTo(input[1..]);
        Span<byte> hash = stackalloc byte[TreeHash.Size];
        SHA256.HashData(input[..length], hash);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return new(hash);
    }

    /// <summary>SHA-256(0x01 || <paramref name="left"/> || <paramref name="right"/>).</summary>
    public static TreeHash Node(TreeHash left, TreeHash right)
    {
        Span<byte> input = stackalloc byte[1 + 2 * TreeHash.Size];
        input[0] = NodePrefix;
        left.Span.CopyTo(input[1..]);
        right.Span.CopyTo(input[(1 + TreeHash.Size)..]);
        Span<byte> hash = stackalloc byte[TreeHash.Size];
        SHA256.HashData(input, hash);
        return new(hash);
    }

    /// <summary>Joins subtrees that stand left to right, the largest first, into the root over all of them.</summary>
    public static TreeHash Fold(ReadOnlySpan<TreeHash> subtrees)
    {
        if (subtrees.IsEmpty) return Empty;
        var root = subtrees[^1];
        for (var i = subtrees.Length - 2; i >= 0; i--) root = Node(subtrees[i], root);
        return root;
    }
}
