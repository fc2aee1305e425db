namespace ComplianceGrid.Interfaces.Tests;

public sealed class StableHashTests
{
    /// <summary>The vectors published with FNV-1a: a shard of stored rows depends on every one of them.</summary>
    [Theory]
    [InlineData("", 0x811c9dc5)]
    [InlineData("a", 0xe40c292c)]
    [InlineData("foobar", 0xbf9cf968)]
    public void Is_FNV_1a(string text, uint hash) => Assert.Equal(hash, StableHash.Of(text));

    [Fact]
    public void Long_text_is_hashed_as_short_text_is()
    {
        var text = new string('é', 400);
        var expected = 2166136261u;
        for (var i = 0; i < 400; i++) expected = unchecked((((expected ^ 0xC3) * 16777619u) ^ 0xA9) * 16777619u);
        Assert.Equal(expected, StableHash.Of(text));
    }
}
