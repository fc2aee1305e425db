using System.Text;
using ComplianceGrid.Gateway.Vendors.Checkr;

namespace ComplianceGrid.Gateway.Tests.Vendors.Checkr;

public sealed class CheckrSignatureTests
{
    private const string Published = "b7412f05e981a473b5ecbdb5393afaea02a679db6d7c8e56803512ec4ba98151";
    private static readonly byte[] Body = """{"monday":"75F","tuesday":"80F"}"""u8.ToArray();
    private static readonly byte[] Key = "test-secret"u8.ToArray();
    private static readonly byte[] Other = "another-secret"u8.ToArray();

    [Fact]
    public void Agrees_with_the_vendors_published_vector()
    {
        Assert.Equal(Published, CheckrSignature.Of(Body, Key));
        Assert.True(CheckrSignature.Fits(Published, Body, [Key]));
    }

    [Fact]
    public void Any_active_key_will_do() => Assert.True(CheckrSignature.Fits(Published, Body, [Other, Key]));

    [Fact]
    public void No_key_fits_nothing() => Assert.False(CheckrSignature.Fits(Published, Body, []));

    [Theory]
    [InlineData(null), InlineData(""), InlineData("b7412f05"), InlineData("sha256=b7412f05e981a473b5ecbdb5393afaea02a679db6d7c8e56803512ec4ba98151")]
    [InlineData("B7412F05E981A473B5ECBDB5393AFAEA02A679DB6D7C8E56803512EC4BA98151")]
    [InlineData("b7412f05e981a473b5ecbdb5393afaea02a679db6d7c8e56803512ec4ba98152")]
    public void Anything_else_is_refused(string? signature) => Assert.False(CheckrSignature.Fits(signature, Body, [Key]));

    [Fact]
    public void One_changed_byte_is_noticed() =>
        Assert.False(CheckrSignature.Fits(Published, Encoding.UTF8.GetBytes("""{"monday":"75F","tuesday":"81F"}"""), [Key]));
}
