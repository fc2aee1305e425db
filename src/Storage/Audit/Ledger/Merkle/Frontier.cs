using System.Numerics;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>
/// All that appending needs of a tree: the roots of its full subtrees, left (largest) to right; one for each 1 bit of the size.
/// </summary>
public sealed class Frontier
{
    private readonly List<TreeHash> _roots;

    private Frontier(long size, List<TreeHash> roots) => (Size, _roots) = (size, roots);

    public Frontier() : this(0, [])
    {
    }

    /// <summary>Leaves.</summary>
    public long Size { get; private set; }

    /// <summary>The tree's root; of an empty one, SHA-256 of nothing.</summary>
    public TreeHash Root => MerkleHash.Fold([.. _roots]);

    /// <exception cref="FormatException">Not the frontier of a tree of this size.</exception>
    public static Frontier Parse(long size, ReadOnlySpan<byte> bytes)
    {
        if (size < 0 || bytes.Length != BitOperations.PopCount((ulong)size) * TreeHash.Size)
            throw new FormatException("A frontier has one hash for each 1 bit of the tree's size.");
        return new(size, [.. TreeHash.Split(bytes)]);
    }

    public void Append(TreeHash leaf)
    {
        var subtree = leaf;
        for (var size = Size; (size & 1) == 1; size >>= 1)
        {
            subtree = MerkleHash.Node(_roots[^1], subtree);
            _roots.RemoveAt(_roots.Count - 1);
        }

        _roots.Add(subtree);
        Size++;
    }

    public Frontier Copy() => new(Size, [.. _roots]);

    /// <summary>32 bytes for each root.</summary>
    public byte[] ToBytes() => TreeHash.Join([.. _roots]);
}
