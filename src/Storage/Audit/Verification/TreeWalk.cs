using ComplianceGrid.Storage.Audit.Ledger;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>A tree as its leaves come, with every tile that they fill. Bounded: a hash for each level and one open tile for each eight.</summary>
internal sealed class TreeWalk
{
    private const int Levels = 63;

    private readonly TreeHash[] _roots = new TreeHash[Levels]; // of the full subtrees: level n counts where the size's bit n is 1
    private readonly List<TreeHash[]> _open = [];
    private readonly List<WalkedTile> _filled = [];

    public long Size { get; private set; }

    /// <summary>What the newest leaf filled, lowest first. Good until the next leaf.</summary>
    public IReadOnlyList<WalkedTile> Filled => _filled;

    public void Append(TreeHash leaf)
    {
        _filled.Clear();
        var (hash, level) = (leaf, 0);
        while (true)
        {
            if (level % Tile.Height == 0) Put(level / Tile.Height, hash);
            if ((Size >> level & 1) == 0) break;
            hash = MerkleHash.Node(_roots[level++], hash);
        }

        _roots[level] = hash;
        Size++;
    }

    public TreeHash Root()
    {
        TreeHash? root = null;
        for (var level = 0; level < Levels; level++)
        {
            if ((Size >> level & 1) == 1) root = root is { } right ? MerkleHash.Node(_roots[level], right) : _roots[level];
        }

        return root ?? MerkleHash.Empty;
    }

    /// <summary>Whether these are the roots of the full subtrees, the largest first.</summary>
    public bool IsFrontier(ReadOnlySpan<byte> roots)
    {
        for (var level = Levels - 1; level >= 0; level--)
        {
            if ((Size >> level & 1) == 0) continue;
            if (!roots.StartsWith(_roots[level].Span)) return false;
            roots = roots[TreeHash.Size..];
        }

        return roots.IsEmpty;
    }

    /// <summary>The hash comes to its tile; when it is a full tile's root, that tile is filled.</summary>
    private void Put(int level, TreeHash hash)
    {
        var index = Size >> (level * Tile.Height);
        if (level > 0) _filled.Add(new(new(level - 1, index), hash, _open[level - 1]));
        if (_open.Count == level) _open.Add(new TreeHash[Tile.Width]);
        _open[level][index % Tile.Width] = hash;
    }
}

internal readonly record struct WalkedTile(TileId Id, TreeHash Root, TreeHash[] Hashes);
