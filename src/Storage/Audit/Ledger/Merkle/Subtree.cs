using System.Numerics;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>A full subtree: 2^<paramref name="Level"/> leaves, the first of which is <paramref name="Index"/> · 2^<paramref name="Level"/>.</summary>
public readonly record struct Subtree(int Level, long Index)
{
    /// <summary>The leaf behind its last.</summary>
    public long End => (Index + 1) << Level;

    /// <summary>Where it stands in the frontier of a tree of this size; null: it does not.</summary>
    public int? PlaceInFrontier(long size) =>
        (size >> Level & 1) == 1 && Index == (size >> Level) - 1 ? BitOperations.PopCount((ulong)(size >> Level)) - 1 : null;

    /// <summary>The hashes whose root it is (<see cref="Tile.Root"/>), and the tile where they stand.</summary>
    public TileSlice Slice
    {
        get
        {
            var count = 1 << Level % Tile.Height;
            var first = Index * count;
            return new(new(Level / Tile.Height, first / Tile.Width), (int)(first % Tile.Width), count);
        }
    }
}

/// <summary>Leaves [<paramref name="Start"/>, <paramref name="End"/>) as RFC 6962 §2.1 splits a tree: D[start:end].</summary>
public readonly record struct LeafRange(long Start, long End)
{
    /// <summary>Largest full subtrees, left to right; <see cref="MerkleHash.Fold"/> of their hashes is the range's hash.</summary>
    public IEnumerable<Subtree> Subtrees()
    {
        for (var at = Start; at < End;)
        {
            var level = BitOperations.Log2((ulong)(End - at));
            if (at != 0) level = Math.Min(level, BitOperations.TrailingZeroCount(at));
            yield return new(level, at >> level);
            at += 1L << level;
        }
    }
}
