namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>Checks proofs, as a stranger would (RFC 9162 §2.1.3.2, §2.1.4.2; the proofs are RFC 6962's).</summary>
public static class ProofCheck
{
    /// <summary>Does the proof show that the leaf stands at this index of the tree with this root?</summary>
    public static bool Inclusion(TreeHash leaf, long index, long size, TreeHash root, ReadOnlySpan<TreeHash> proof)
    {
        if (index < 0 || index >= size) return false;
        var (node, last, hash) = (index, size - 1, leaf);
        foreach (var sibling in proof)
        {
            if (last == 0) return false;
            if (IsRight(node) || node == last)
            {
                hash = MerkleHash.Node(sibling, hash);
                SkipLoneNodes(ref node, ref last);
            }
            else
            {
                hash = MerkleHash.Node(hash, sibling);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && hash == root;
    }

    /// <summary>Does the proof show that the second tree only appends to the first?</summary>
    public static bool Consistency(long first, TreeHash firstRoot, long second, TreeHash secondRoot, ReadOnlySpan<TreeHash> proof)
    {
        if (first < 0 || first > second) return false;
        if (first == 0) return proof.IsEmpty && firstRoot == MerkleHash.Empty;
        if (first == second) return proof.IsEmpty && firstRoot == secondRoot;

        var (node, last) = (first - 1, second - 1);
        while (IsRight(node)) (node, last) = (node >> 1, last >> 1);
        if (node != 0 && proof.IsEmpty) return false;
        var seed = node == 0 ? firstRoot : proof[0]; // the first tree is one full subtree: its root is known, so not in the proof
        var (inFirst, inSecond) = (seed, seed);
        foreach (var sibling in node == 0 ? proof : proof[1..])
        {
            if (last == 0) return false;
            if (IsRight(node) || node == last)
            {
                inFirst = MerkleHash.Node(sibling, inFirst);
                inSecond = MerkleHash.Node(sibling, inSecond);
                SkipLoneNodes(ref node, ref last);
            }
            else
            {
                inSecond = MerkleHash.Node(inSecond, sibling);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && inFirst == firstRoot && inSecond == secondRoot;
    }

    private static bool IsRight(long node) => (node & 1) == 1;

    /// <summary>The last node of a level may have no sibling: it rises until it is a right child.</summary>
    private static void SkipLoneNodes(ref long node, ref long last)
    {
        while (!IsRight(node) && node != 0) (node, last) = (node >> 1, last >> 1);
    }
}
