using System.Collections.Immutable;
using System.Numerics;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>Of which ranges of leaves a proof has the hashes, in its order (RFC 6962 §2.1.1, §2.1.2).</summary>
public static class ProofShape
{
    /// <summary>PATH(m, D[n]): the audit path of a leaf.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such leaf in a tree of this size.</exception>
    public static ImmutableArray<LeafRange> Inclusion(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        List<LeafRange> path = [];
        for (var (start, end) = (0L, size); end - start > 1;)
        {
            var split = Split(start, end);
            path.Add(index < split ? new(split, end) : new(start, split));
            (start, end) = index < split ? (start, split) : (split, end);
        }

        path.Reverse();
        return [.. path];
    }

    /// <summary>PROOF(m, D[n]); nothing when <paramref name="first"/> is 0 or the same tree: the two roots are enough then.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 0 ≤ first ≤ second.</exception>
    public static ImmutableArray<LeafRange> Consistency(long first, long second)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, second);
        if (first == 0) return [];
        List<LeafRange> path = [];
        var (start, end) = (0L, second);
        while (first != end)
        {
            var split = Split(start, end);
            path.Add(first <= split ? new(split, end) : new(start, split));
            (start, end) = first <= split ? (start, split) : (split, end);
        }

        if (start != 0) path.Add(new(start, end)); // else it is the first tree itself, whose root the verifier has
        path.Reverse();
        return [.. path];
    }

    /// <summary>After the largest power of two smaller than the number of leaves.</summary>
    private static long Split(long start, long end) => start + (1L << BitOperations.Log2((ulong)(end - start - 1)));
}
