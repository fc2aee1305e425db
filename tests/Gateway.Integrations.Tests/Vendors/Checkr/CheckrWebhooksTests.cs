using System.Text;
using ComplianceGrid.Gateway.Vendors.Checkr;
using ComplianceGrid.Storage.Inbox;
using CsCheck;

namespace ComplianceGrid.Gateway.Tests.Vendors.Checkr;

public sealed class CheckrWebhooksTests
{
    private static readonly CheckrWebhooks Checkr = new();

    [Fact]
    public void A_report_event_is_to_be_worked_on()
    {
        var envelope = Checkr.Parse(Bytes(GatewayWorld.Event("evt_1", "report.suspended", "rep_9")));
        Assert.Equal(new("evt_1", "report.suspended", new VendorObject("report", "rep_9"), null), envelope);
    }

    [Theory]
    [InlineData("candidate.created"), InlineData("account.credentialed"), InlineData("something.new")]
    public void Other_types_are_kept_without_work(string type) =>
        Assert.NotNull(Checkr.Parse(Bytes(GatewayWorld.Event("evt_1", type)))!.IgnoredBecause);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"id":"e","object":"event"}""")]
    [InlineData("""{"id":"e","object":"list","type":"report.created","data":{"object":{"id":"r","object":"report"}}}""")]
    [InlineData("""{"id":7,"object":"event","type":"report.created","data":{"object":{"id":"r","object":"report"}}}""")]
    [InlineData("""{"id":"a b","object":"event","type":"report.created","data":{"object":{"id":"r","object":"report"}}}""")]
    [InlineData("""{"id":"\u0000","object":"event","type":"report.created","data":{"object":{"id":"r","object":"report"}}}""")]
    [InlineData("""{"id":"\ud800","object":"event","type":"report.created","data":{"object":{"id":"r","object":"report"}}}""")]
    [InlineData("""{"id":"e","id":"f","object":"event","type":"report.created","data":{"object":{"id":"r","object":"report"}}}""")]
    [InlineData("""{"id":"e","object":"event","type":"report.created","data":{}}""")]
    [InlineData("""{"id":"e","object":"event","type":"report.created","data":{"object":{"id":"r","object":"candidate"}}}""")]
    public void What_is_not_the_envelope_is_refused(string body) => Assert.Null(Checkr.Parse(Bytes(body)));

    [Theory]
    [InlineData("""{"account_id":"acct_1"}""", "acct_1")]
    [InlineData("""{"data":{"account_id":"deep"},"account_id":"acct_1"}""", "acct_1")]
    [InlineData("""{"data":{"account_id":"deep"}}""", null)]
    [InlineData("""{"account_id":7}""", null)]
    [InlineData("""{"account_id":"\ud800"}""", null)]
    [InlineData("""{"account_id":"acct_1" trailing""", "acct_1")] // only good to find keys by: the signature decides
    [InlineData("""["account_id","x"]""", null)]
    [InlineData("", null)]
    public void The_account_is_read_before_anything_is_trusted(string body, string? account) =>
        Assert.Equal(account, Checkr.FindAccountId(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void No_bytes_make_it_throw() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        Checkr.Parse(bytes);
        Checkr.FindAccountId(bytes);
    });

    [Fact]
    public void No_damage_to_a_good_body_makes_it_throw() =>
        Gen.Select(Gen.Int[0, 150], Gen.Byte, Gen.Int[0, 150]).Sample((at, value, cut) =>
        {
            var bytes = Encoding.UTF8.GetBytes(GatewayWorld.Event("evt_1"));
            bytes[at % bytes.Length] = value;
            bytes = bytes[..Math.Min(bytes.Length, cut + 20)];
            Checkr.Parse(bytes);
            Checkr.FindAccountId(bytes);
        });

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
