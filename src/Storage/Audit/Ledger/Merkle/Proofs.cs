using System.Collections.Immutable;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>Gives a log's hashes: from stored tiles and the open tail, or from leaves in memory.</summary>
public interface IHashReader
{
    /// <summary>The hash of each, in their order. All are within the log.</summary>
    /// <param name="head">Size of a tree whose stored head may be believed, as whoever checks the proof has its root; null: of no head.</param>
    ValueTask<TreeHash[]> ReadAsync(IReadOnlyList<Subtree> subtrees, long? head = null, CancellationToken ct = default);
}

/// <summary>Makes proofs; <see cref="ProofCheck"/> checks them. Each reads its hashes at one go.</summary>
public static class Proofs
{
    /// <summary>That the leaf is in the tree of this size: RFC 6962 §2.1.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such leaf in a tree of this size.</exception>
    public static ValueTask<ImmutableArray<TreeHash>> InclusionAsync(IHashReader hashes, long index, long size, CancellationToken ct = default) =>
        MakeAsync(hashes, ProofShape.Inclusion(index, size), size, ct);

    /// <summary>That the second tree only appends to the first: RFC 6962 §2.1.2. Empty from 0, and from a tree to itself.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 0 ≤ first ≤ second.</exception>
    public static ValueTask<ImmutableArray<TreeHash>> ConsistencyAsync(IHashReader hashes, long first, long second, CancellationToken ct = default) =>
        MakeAsync(hashes, ProofShape.Consistency(first, second), null, ct);

    /// <summary>The root of the log when it had this size.</summary>
    public static async ValueTask<TreeHash> RootAsync(IHashReader hashes, long size, CancellationToken ct = default) =>
        size == 0 ? MerkleHash.Empty : (await MakeAsync(hashes, [new(0, size)], null, ct))[0];

    private static async ValueTask<ImmutableArray<TreeHash>> MakeAsync(IHashReader hashes, ImmutableArray<LeafRange> shape, long? head, CancellationToken ct)
    {
        if (shape.IsEmpty) return [];
        var subtrees = shape.Select(range => range.Subtrees().ToArray()).ToArray();
        var read = await hashes.ReadAsync([.. subtrees.SelectMany(s => s)], head, ct);
        var proof = ImmutableArray.CreateBuilder<TreeHash>(shape.Length);
        var at = 0;
        foreach (var range in subtrees)
        {
            proof.Add(MerkleHash.Fold(read.AsSpan(at, range.Length)));
            at += range.Length;
        }

        return proof.MoveToImmutable();
    }
}
