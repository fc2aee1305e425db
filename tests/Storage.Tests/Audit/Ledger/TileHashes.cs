using ComplianceGrid.Storage.Audit.Ledger;

namespace ComplianceGrid.Storage.Tests.Audit.Ledger;

/// <summary>Hashes as the store keeps them: rows of 256, the last of each level still open.</summary>
internal sealed class TileHashes : IHashReader
{
    private readonly List<TreeHash>[] _levels = [[], [], []];

    public TileHashes(byte[][] leaves)
    {
        foreach (var leaf in leaves) Add(0, MerkleHash.Leaf(leaf));
    }

    public ValueTask<TreeHash[]> ReadAsync(IReadOnlyList<Subtree> subtrees, long? head = null, CancellationToken ct = default) =>
        new([.. subtrees.Select(subtree => Read(subtree.Slice))]);

    private void Add(int level, TreeHash hash)
    {
        _levels[level].Add(hash);
        if (_levels[level].Count % Tile.Width == 0) Add(level + 1, Tile.Root([.. _levels[level][^Tile.Width..]]));
    }

    private TreeHash Read(TileSlice slice) =>
        Tile.Root([.. _levels[slice.Tile.Level].GetRange((int)slice.Tile.Index * Tile.Width + slice.First, slice.Count)]);
}
