using ComplianceGrid.Storage.Audit.Ledger;
using CsCheck;

namespace ComplianceGrid.Storage.Tests.Audit.Ledger;

public sealed class TreeHashTests
{
    private static readonly Gen<byte[]> Bytes = Gen.Byte.Array[TreeHash.Size];

    [Fact]
    public void A_hash_is_read_back_from_its_text() =>
        Bytes.Sample(bytes => Assert.Equal(bytes, TreeHash.Parse(Convert.ToBase64String(bytes)).ToArray()));

    // The last character before the padding has two bits that no byte has: a reader that ignores them takes four texts for one hash.
    [Fact]
    public void A_hash_has_one_text_only()
    {
        Gen.Select(Bytes, Gen.Int[1, 3]).Sample((bytes, stray) =>
        {
            var text = Convert.ToBase64String(bytes);
            const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            Assert.Throws<FormatException>(() => TreeHash.Parse($"{text[..^2]}{Digits[Digits.IndexOf(text[^2]) + stray]}="));
            Assert.Throws<FormatException>(() => TreeHash.Parse(text + " "));
            Assert.Throws<FormatException>(() => TreeHash.Parse(text.Insert(stray, "\n")));
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("no base64")]
    public void Anything_else_is_no_hash(string text) => Assert.Throws<FormatException>(() => TreeHash.Parse(text));
}
