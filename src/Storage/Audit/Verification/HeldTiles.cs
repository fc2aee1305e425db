using ComplianceGrid.Storage.Audit.Ledger;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>The stored tile of each level whose leaves are being read, to hold to the tree when it is filled.</summary>
internal sealed class HeldTiles
{
    private const int Levels = 7; // a tile above would have 2^64 leaves under it

    private readonly StoredTile?[] _held = new StoredTile?[Levels];

    public long Fitting { get; private set; }

    /// <summary>A tile that was never filled.</summary>
    public TileId? Unfilled => _held.FirstOrDefault(tile => tile is not null)?.Id;

    /// <param name="size">Entries before it.</param>
    /// <returns>What is wrong with it; null: nothing so far.</returns>
    public string? Hold(StoredTile tile, long size)
    {
        var (level, index) = tile.Id;
        if (level >= Levels || index != size >> (Tile.Height * (level + 1)) || tile.Start != size) return $"there is a tile {level}/{index}, and the log has only {size} entries";
        _held[level] = tile;
        return null;
    }

    /// <summary>Whether the stored tile has another hash for this leaf.</summary>
    public bool Contradicts(long index, TreeHash leaf) =>
        _held[0] is { } tile && !tile.Hashes.AsSpan((int)(index % Tile.Width) * TreeHash.Size, TreeHash.Size).SequenceEqual(leaf.Span);

    /// <returns>The first leaf under what is wrong, and what that is; null: the stored tiles are those that were filled.</returns>
    public (long Leaf, string What)? Compare(IReadOnlyList<WalkedTile> filled)
    {
        (long, string)? wrong = null;
        foreach (var tile in filled)
        {
            wrong ??= Difference(tile, _held[tile.Id.Level]);
            if (wrong is null) Fitting++;
            _held[tile.Id.Level] = null;
        }

        return wrong;
    }

    private static (long Leaf, string What)? Difference(WalkedTile tile, StoredTile? stored)
    {
        var (level, index) = tile.Id;
        var width = Tile.Height * level;
        if (stored is null) return (index * Tile.Width << width, $"the tile {level}/{index} is missing");
        for (var i = 0; i < Tile.Width; i++)
        {
            if (!stored.Hashes.AsSpan(i * TreeHash.Size, TreeHash.Size).SequenceEqual(tile.Hashes[i].Span))
                return (index * Tile.Width + i << width, $"the tile {level}/{index} has another hash for the rows from here on");
        }

        return stored.Root == tile.Root ? null : (index * Tile.Width << width, $"the tile {level}/{index} has another root than its hashes");
    }
}
