namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>
/// C2SP tlog-tiles: 256 hashes that stand side by side at tree level 8 × <paramref name="Level"/>. A full tile's root is one
/// hash of the tile above.
/// </summary>
public readonly record struct TileId(int Level, long Index)
{
    /// <summary>The tile that holds this tile's root.</summary>
    public TileId Parent => new(Level + 1, Index / Tile.Width);

    /// <summary>In a tree of this size, every hash of the tile is there.</summary>
    public bool IsFull(long size) => Index < size >> (Tile.Height * (Level + 1));
}

/// <summary>Hashes that stand side by side in a tile, full or still open.</summary>
public readonly record struct TileSlice(TileId Tile, int First, int Count);

public static class Tile
{
    /// <summary>Tree levels in a tile.</summary>
    public const int Height = 8;
    /// <summary>Hashes in a full tile.</summary>
    public const int Width = 1 << Height;
    /// <summary>Bytes of a full tile.</summary>
    public const int Bytes = Width * TreeHash.Size;

    /// <summary>The root over so many hashes of one level: a tile's, or a part of it.</summary>
    /// <param name="hashes">1, 2, 4, … 256 of them.</param>
    public static TreeHash Root(ReadOnlySpan<TreeHash> hashes)
    {
        if (!int.IsPow2(hashes.Length) || hashes.Length > Width) throw new ArgumentException("Not a full subtree of a tile.", nameof(hashes));
        Span<TreeHash> level = stackalloc TreeHash[Width];
        hashes.CopyTo(level);
        for (var count = hashes.Length; count > 1; count /= 2)
        {
            for (var i = 0; i < count / 2; i++) level[i] = MerkleHash.Node(level[2 * i], level[2 * i + 1]);
        }

        return level[0];
    }
}
