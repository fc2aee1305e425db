using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Api.Tests.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ComplianceGrid.Api.Tests.Security;

/// <summary>A token is good for its signature, issuer, audience, type, life and claims; each alone being wrong is enough.</summary>
[Collection(ApiCollection.Name)]
public sealed class TokenTests(ApiFixture fixture)
{
    private const string Issuer = "http://127.0.0.1:5080";
    private readonly HttpClient _client = fixture.Api.Client;

    public static TheoryData<string> Faults =>
        ["issuer", "audience", "type", "expired", "not yet", "no expiry", "another key", "no tenant", "bad tenant", "two tenants", "no subject", "no roles", "unknown role"];

    [Fact]
    public async Task A_token_made_as_the_issuer_makes_it_is_good() => Assert.Equal(HttpStatusCode.OK, await StatusAsync(Sign(null)));

    [Theory, MemberData(nameof(Faults))]
    public async Task One_fault_makes_it_bad(string fault) => Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(Sign(fault)));

    [Fact]
    public async Task Another_algorithm_or_a_changed_claim_makes_it_bad()
    {
        var good = Sign(null).Split('.');
        var claims = Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(good[1]));
        var other = Base64UrlEncoder.Encode(claims.Replace("token-tests", "somebody-else"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync($"{good[0]}.{other}.{good[2]}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync($"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"at+jwt"}""")}.{good[1]}."));

        // The classic: the public key, which everybody can read, taken as an HMAC secret.
        using var key = Key();
        var head = Base64UrlEncoder.Encode("""{"alg":"HS256","typ":"at+jwt"}""");
        var mac = HMACSHA256.HashData(Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes($"{head}.{good[1]}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync($"{head}.{good[1]}.{Base64UrlEncoder.Encode(mac)}"));
    }

    [Fact]
    public async Task The_development_issuer_takes_sound_requests_only()
    {
        foreach (var (tenant, user, roles) in new[] { ("Bad Tenant", "me", new[] { "Auditor" }), ("acme", "", ["Auditor"]), ("acme", "me", ["Emperor"]), ("acme", "me", []) })
            await (await _client.PostAsJsonAsync("/dev/token", new { tenant, user, roles }, TestContext.Current.CancellationToken))
                .RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
    }

    [Fact]
    public async Task A_refusal_says_how_to_authenticate()
    {
        var answer = await _client.GetAsync("/api/policies", TestContext.Current.CancellationToken);
        await answer.RefusedAsync(HttpStatusCode.Unauthorized, GridError.Unauthenticated);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
    }

    private async Task<HttpStatusCode> StatusAsync(string token) =>
        (await _client.SendAsync(token, HttpMethod.Get, "/api/employees?limit=1")).StatusCode;

    private ECDsa Key()
    {
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(fixture.KeyFile));
        return key;
    }

    private string Sign(string? fault)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object> { ["sub"] = "me", ["tenant"] = "token-tests", ["roles"] = new[] { "Auditor" } };
        if (fault == "no tenant") claims.Remove("tenant");
        if (fault == "bad tenant") claims["tenant"] = "../other";
        if (fault == "two tenants") claims["tenant"] = new[] { "one", "two" };
        if (fault == "no subject") claims.Remove("sub");
        if (fault == "no roles") claims.Remove("roles");
        if (fault == "unknown role") claims["roles"] = new[] { "Emperor" };
        using var key = fault == "another key" ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : Key();
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = fault == "issuer" ? "https://elsewhere.example" : Issuer,
            Audience = fault == "audience" ? "integrations" : "compliance-grid",
            TokenType = fault == "type" ? "JWT" : "at+jwt",
            NotBefore = fault == "not yet" ? now.AddMinutes(5) : now.AddMinutes(-5),
            Expires = fault switch { "expired" => now.AddMinutes(-2), "no expiry" => null, _ => now.AddMinutes(5) },
            Claims = claims,
            SigningCredentials = new SigningCredentials(
                new ECDsaSecurityKey(key) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } }, SecurityAlgorithms.EcdsaSha256),
        });
    }
}
