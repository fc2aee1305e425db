using ComplianceGrid.Api.Identity.Passkeys;
using ComplianceGrid.Api.Tests.Hosting;

namespace ComplianceGrid.Api.Tests.Identity.Passkeys;

[Collection(ApiCollection.Name)]
public sealed class RelyingPartyTests(ApiFixture fixture)
{
    [Theory]
    [InlineData("https://grid.example.com/", null, "grid.example.com", "https://grid.example.com")]
    [InlineData("https://grid.example.com:8443/base", "example.com", "example.com", "https://grid.example.com:8443")]
    [InlineData("https://Grid.Example.com:443", null, "grid.example.com", "https://grid.example.com")]
    [InlineData("http://127.0.0.1:5080", null, "localhost", "http://localhost:5080")]
    [InlineData("http://[::1]:5080", null, "localhost", "http://localhost:5080")]
    public void It_is_the_issuers_host_unless_another_is_named(string issuer, string? domain, string id, string origin)
    {
        var party = RelyingParty.Of(issuer, new() { Domain = domain });
        Assert.Equal(id, party.Id);
        Assert.Equal([origin], party.Origins);
        Assert.Empty(party.Failures());
    }

    [Theory]
    [InlineData("https://grid.example.com", false, true)]
    [InlineData("https://app.example.com", false, true)]
    [InlineData("https://grid.example.com", true, false)]
    [InlineData("http://grid.example.com", false, false)]
    [InlineData("https://grid.example.com:444", false, false)]
    [InlineData("https://grid.example.com.evil.example", false, false)]
    [InlineData("https://evil.grid.example.com", false, false)]
    [InlineData("https://example.com", false, false)]
    [InlineData("null", false, false)]
    [InlineData("", false, false)]
    public void Origins_are_taken_exactly(string origin, bool isCrossOrigin, bool taken) =>
        Assert.Equal(taken, RelyingParty.Of("https://grid.example.com", new() { Domain = "example.com", Origins = ["https://app.example.com"] }).Takes(origin, isCrossOrigin));

    [Theory]
    [InlineData("https://192.0.2.1", null, null, "IP address")]
    [InlineData("https://grid.example.com", "192.0.2.1", null, "IP address")]
    [InlineData("https://grid.example.com", "example.org", null, "lies in example.org")]
    [InlineData("https://grid.example.com", "rid.example.com", null, "lies in rid.example.com")]
    [InlineData("https://grid.example.com", null, "https://app.example.com", "no origin")]
    [InlineData("https://grid.example.com", "example.com", "http://app.example.com", "no origin")]
    [InlineData("https://grid.example.com", "example.com", "https://app.example.com/", "no origin")]
    [InlineData("https://grid.example.com", "example.com", "https://App.example.com", "no origin")]
    [InlineData("https://grid.example.com", "example.com", "*", "no origin")]
    public void What_no_browser_would_take_is_refused_at_start(string issuer, string? domain, string? origin, string why) =>
        Assert.Contains(RelyingParty.Of(issuer, new() { Domain = domain, Origins = origin is null ? [] : [origin] }).Failures(), failure => failure.Contains(why));

    [Theory]
    [InlineData("Passkeys:Domain", "https://example.com", "Passkeys:Domain")]
    [InlineData("Passkeys:Domain", "192.0.2.1", "IP address")]
    [InlineData("Passkeys:Origins:0", "https://elsewhere.example", "Passkeys:Origins")]
    [InlineData("Passkeys:TimeoutSeconds", "5", "TimeoutSeconds")]
    [InlineData("Passkeys:Attestation", "Direct", "VerifyAttestationStatement")]
    public void The_host_does_not_start_with_them(string setting, string value, string why)
    {
        var settings = fixture.Settings("127.0.0.1:1");
        settings[setting] = value;
        Assert.Contains(why, Assert.ThrowsAny<Exception>(() => new ApiHost(settings)).ToString());
    }
}
