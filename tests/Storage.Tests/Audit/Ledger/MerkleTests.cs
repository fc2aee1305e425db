using ComplianceGrid.Storage.Audit.Ledger;
using CsCheck;

namespace ComplianceGrid.Storage.Tests.Audit.Ledger;

/// <summary>The tree against a recursive model written from RFC 6962 alone.</summary>
public sealed class MerkleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly Gen<byte[][]> Leaves = Gen.Byte.Array[0, 40].Array[1, 70];

    // Sizes around the tiles' edges cost the model much: fewer and with short leaves.
    private static readonly Gen<byte[][]> ManyLeaves = Gen.Byte.Array[0, 3].Array[250, 800];

    // The tree of 1 to 8 leaves that implementations of RFC 6962 agree on.
    private static readonly string[] KnownLeaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    private static readonly string[] KnownRoots =
    [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public void The_known_tree_has_the_known_roots()
    {
        var frontier = new Frontier();
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Convert.ToHexStringLower(frontier.Root.Span));
        for (var i = 0; i < KnownLeaves.Length; i++)
        {
            frontier.Append(MerkleHash.Leaf(Convert.FromHexString(KnownLeaves[i])));
            Assert.Equal(KnownRoots[i], Convert.ToHexStringLower(frontier.Root.Span));
        }
    }

    [Fact]
    public void Appending_gives_the_models_root_at_every_size_and_from_every_stored_frontier() => Leaves.Sample(leaves =>
    {
        var frontier = new Frontier();
        for (var size = 1; size <= leaves.Length; size++)
        {
            frontier = Frontier.Parse(frontier.Size, frontier.ToBytes());
            var before = frontier.Root;
            var copy = frontier.Copy();
            copy.Append(MerkleHash.Leaf([]));
            Assert.Equal(before, frontier.Root);

            frontier.Append(MerkleHash.Leaf(leaves[size - 1]));
            Assert.Equal(size, frontier.Size);
            Assert.Equal(NaiveTree.Root(leaves[..size]), frontier.Root.ToArray());
        }
    }, iter: 200);

    [Fact]
    public async Task Inclusion_proofs_are_the_models_and_hold() => await Gen.Select(Leaves, Gen.Int[0, 1000]).SampleAsync(async (leaves, n) =>
    {
        var m = n % leaves.Length;
        var proof = await Proofs.InclusionAsync(new TileHashes(leaves), m, leaves.Length, Ct);
        Assert.Equal(NaiveTree.Path(m, leaves), proof.Select(hash => hash.ToArray()));

        var (leaf, root) = (MerkleHash.Leaf(leaves[m]), new TreeHash(NaiveTree.Root(leaves)));
        Assert.True(ProofCheck.Inclusion(leaf, m, leaves.Length, root, proof.AsSpan()));
        Assert.False(ProofCheck.Inclusion(MerkleHash.Node(leaf, leaf), m, leaves.Length, root, proof.AsSpan()));
        Assert.False(ProofCheck.Inclusion(leaf, m, leaves.Length, leaf == root ? MerkleHash.Empty : leaf, proof.AsSpan()));
        Assert.False(ProofCheck.Inclusion(leaf, m, leaves.Length, root, [.. proof, leaf]));
        Assert.False(ProofCheck.Inclusion(leaf, leaves.Length, leaves.Length, root, proof.AsSpan()));
        Assert.False(ProofCheck.Inclusion(leaf, -1, leaves.Length, root, proof.AsSpan()));
        for (var i = 0; i < proof.Length; i++)
        {
            Assert.False(ProofCheck.Inclusion(leaf, m, leaves.Length, root, proof.SetItem(i, MerkleHash.Node(proof[i], leaf)).AsSpan()));
            Assert.False(ProofCheck.Inclusion(leaf, m, leaves.Length, root, proof.RemoveAt(i).AsSpan()));
        }
    }, iter: 300);

    [Fact]
    public async Task Consistency_proofs_are_the_models_and_hold() => await Gen.Select(Leaves, Gen.Int[0, 1000]).SampleAsync(async (leaves, n) =>
    {
        var first = 1 + n % leaves.Length;
        var proof = await Proofs.ConsistencyAsync(new TileHashes(leaves), first, leaves.Length, Ct);
        Assert.Equal(NaiveTree.Proof(first, leaves), proof.Select(hash => hash.ToArray()));

        var old = new TreeHash(NaiveTree.Root(leaves[..first]));
        var now = new TreeHash(NaiveTree.Root(leaves));
        Assert.True(ProofCheck.Consistency(first, old, leaves.Length, now, proof.AsSpan()));
        Assert.False(ProofCheck.Consistency(first, MerkleHash.Node(old, old), leaves.Length, now, proof.AsSpan()));
        Assert.False(ProofCheck.Consistency(first, old, leaves.Length, MerkleHash.Node(now, now), proof.AsSpan()));
        Assert.False(ProofCheck.Consistency(first, old, leaves.Length, now, [.. proof, now]));
        Assert.False(ProofCheck.Consistency(leaves.Length + 1, old, leaves.Length, now, proof.AsSpan()));
        Assert.False(ProofCheck.Consistency(-1, old, leaves.Length, now, proof.AsSpan()));
        for (var i = 0; i < proof.Length; i++)
        {
            Assert.False(ProofCheck.Consistency(first, old, leaves.Length, now, proof.SetItem(i, MerkleHash.Node(proof[i], old)).AsSpan()));
            Assert.False(ProofCheck.Consistency(first, old, leaves.Length, now, proof.RemoveAt(i).AsSpan()));
        }
    }, iter: 300);

    [Fact]
    public async Task Proofs_are_the_models_across_tiles() => await Gen.Select(ManyLeaves, Gen.Int[0, 10_000]).SampleAsync(async (leaves, n) =>
    {
        var m = n % leaves.Length;
        var tiles = new TileHashes(leaves);
        Assert.Equal(NaiveTree.Path(m, leaves), (await Proofs.InclusionAsync(tiles, m, leaves.Length, Ct)).Select(hash => hash.ToArray()));
        Assert.Equal(NaiveTree.Proof(m + 1, leaves), (await Proofs.ConsistencyAsync(tiles, m + 1, leaves.Length, Ct)).Select(hash => hash.ToArray()));
        Assert.Equal(NaiveTree.Root(leaves[..m]), (await Proofs.RootAsync(tiles, m, Ct)).ToArray());
    }, iter: 30);

    [Fact]
    public async Task From_nothing_and_from_itself_a_tree_needs_no_proof()
    {
        var root = MerkleHash.Leaf([1]);
        Assert.Empty(await Proofs.ConsistencyAsync(new TileHashes([[1]]), 0, 1, Ct));
        Assert.True(ProofCheck.Consistency(0, MerkleHash.Empty, 1, root, []));
        Assert.False(ProofCheck.Consistency(0, root, 1, root, []));
        Assert.False(ProofCheck.Consistency(0, MerkleHash.Empty, 1, root, [root]));
        Assert.True(ProofCheck.Consistency(1, root, 1, root, []));
        Assert.False(ProofCheck.Consistency(1, root, 1, MerkleHash.Empty, []));
        Assert.False(ProofCheck.Consistency(1, root, 1, root, [root]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProofShape.Consistency(2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProofShape.Inclusion(1, 1));
        Assert.Throws<FormatException>(() => Frontier.Parse(3, new byte[32]));
    }

    [Fact]
    public void A_subtree_is_found_in_its_tile()
    {
        Assert.Equal(new TileSlice(new(0, 0), 255, 1), new Subtree(0, 255).Slice);
        Assert.Equal(new TileSlice(new(0, 1), 128, 128), new Subtree(7, 3).Slice);
        Assert.Equal(new TileSlice(new(1, 0), 1, 1), new Subtree(8, 1).Slice);
        Assert.Equal(new TileSlice(new(1, 152), 128, 64), new Subtree(14, 610).Slice);
        Assert.Equal(new TileId(1, 152), new TileId(0, 39_000).Parent);
        Assert.True(new TileId(0, 1).IsFull(512));
        Assert.False(new TileId(0, 1).IsFull(511));
        Assert.False(new TileId(1, 0).IsFull(65_535));
        Assert.True(new TileId(1, 0).IsFull(65_536));
    }
}
