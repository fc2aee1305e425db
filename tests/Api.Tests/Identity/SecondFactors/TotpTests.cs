using System.Text;
using ComplianceGrid.Api.Identity.SecondFactors;
using CsCheck;

namespace ComplianceGrid.Api.Tests.Identity.SecondFactors;

public sealed class TotpTests
{
    private static readonly Gen<DateTimeOffset> Instants = Gen.Long[0, 4_000_000_000].Select(DateTimeOffset.FromUnixTimeSeconds);

    [Theory] // RFC 6238 appendix B, SHA-1
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    public void The_standards_vectors(long at, string code)
    {
        var secret = Encoding.ASCII.GetBytes("12345678901234567890");
        var now = DateTimeOffset.FromUnixTimeSeconds(at);
        Assert.Equal(code, Totp.Code(secret, Totp.StepOf(now), 8));
        Assert.Equal(at / 30, Totp.Match(secret, code[2..5] + " " + code[5..], now, null));
    }

    [Fact]
    public void A_code_is_good_one_step_either_way_and_once() =>
        Gen.Select(Gen.Byte.Array[20], Instants, Gen.Int[-3, 3]).Sample((secret, now, drift) =>
        {
            var step = Totp.StepOf(now) + drift;
            if (step < 0) return;
            var code = Totp.Code(secret, step);
            var match = Totp.Match(secret, code, now, null);
            // Equal codes of neighbouring steps are one in a million: then the earlier one matches.
            if (Math.Abs(drift) <= 1) Assert.True(match <= step);
            else Assert.True(match is null || Totp.Code(secret, match.Value) == code);
            if (match is { } used) Assert.True((Totp.Match(secret, code, now, used) ?? long.MaxValue) > used);
            Assert.Null(Totp.Match(secret, code, now, Totp.StepOf(now) + 1));
        });

    [Theory, InlineData(""), InlineData("12345"), InlineData("1234567"), InlineData("١٢٣٤٥٦"), InlineData("12345a"), InlineData("-12345")]
    public void What_is_no_code_is_wrong(string code) => Assert.Null(Totp.Match(new byte[20], code, DateTimeOffset.UnixEpoch.AddYears(50), null));

    [Fact]
    public void The_app_is_told_issuer_account_and_secret()
    {
        var uri = new Uri(Totp.UriOf(Encoding.ASCII.GetBytes("12345678901234567890"), "Compliance Grid", "ada@acme.example"));
        Assert.Equal(("otpauth", "totp"), (uri.Scheme, uri.Host));
        Assert.Equal("/Compliance Grid:ada@acme.example", Uri.UnescapeDataString(uri.AbsolutePath));
        Assert.Contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", uri.Query);
        Assert.Contains("issuer=Compliance%20Grid", uri.Query);
        var svg = QrCode.Svg(uri.AbsoluteUri);
        Assert.StartsWith("<svg", svg);
        Assert.DoesNotContain("style=", svg);
        Assert.DoesNotContain("<script", svg);
        Assert.Equal(20, Totp.NewSecret().Length);
    }
}
