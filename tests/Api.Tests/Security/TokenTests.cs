using System.Net;
using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Api.Identity.Server.Keys;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Api.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
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
        var key = Key();
        var head = Base64UrlEncoder.Encode("""{"alg":"HS256","typ":"at+jwt"}""");
        var mac = HMACSHA256.HashData(Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes($"{head}.{good[1]}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync($"{head}.{good[1]}.{Base64UrlEncoder.Encode(mac)}"));
    }

    [Fact]
    public async Task A_person_without_a_session_is_nobody() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(Sign(null, "Auditor")));

    [Fact]
    public async Task What_was_good_is_known_again_until_its_end()
    {
        var (clock, ring, asked) = (new FakeTimeProvider(TimeProvider.System.GetUtcNow()), Ring(), 0);
        using var tokens = new ValidatedTokens(ring, clock);
        var token = SignBy(ring, clock);
        var parameters = Lasting(() =>
        {
            asked++;
            return ring.Keys.Signing;
        });
        for (var n = 0; n < 3; n++) Assert.True((await tokens.ValidateTokenAsync(token, parameters)).IsValid);
        Assert.Equal(1, asked); // the signature was checked once
        clock.Advance(TimeSpan.FromSeconds(331));
        await tokens.ValidateTokenAsync(token, parameters);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task What_was_good_is_good_no_more_once_its_key_is_withdrawn()
    {
        var (clock, ring) = (new FakeTimeProvider(TimeProvider.System.GetUtcNow()), Ring());
        using var tokens = new ValidatedTokens(ring, clock);
        var token = SignBy(ring, clock);
        var parameters = Lasting(() => ring.Keys.Signing);
        Assert.True((await tokens.ValidateTokenAsync(token, parameters)).IsValid);
        ring.Set(Ring().Keys);
        Assert.False((await tokens.ValidateTokenAsync(token, parameters)).IsValid);
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

    private static ServerKeyRing Ring()
    {
        var ring = new ServerKeyRing();
        ring.Set(new([new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString() }], [new(new byte[32])]));
        return ring;
    }

    private static string SignBy(ServerKeyRing ring, TimeProvider clock) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Claims = new Dictionary<string, object> { ["sub"] = "me" },
        Expires = clock.GetUtcNow().UtcDateTime.AddMinutes(5),
        SigningCredentials = new SigningCredentials(ring.Keys.Signing[0], SecurityAlgorithms.EcdsaSha256),
    });

    private static TokenValidationParameters Lasting(Func<IEnumerable<SecurityKey>> keys) => new()
    {
        ValidateIssuer = false,
        ValidateAudience = false,
        ValidateLifetime = false, // that is by the machine's clock
        ClockSkew = TimeSpan.FromSeconds(30),
        IssuerSigningKeyResolver = (_, _, _, _) => keys(),
    };

    /// <summary>The server's own: what is wrong with a token is never its signature alone.</summary>
    private ECDsa Key() => fixture.Api.Services.GetRequiredService<ServerKeyRing>().Keys.Signing[0].ECDsa;

    private string Sign(string? fault, string role = "Service")
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object> { ["sub"] = "me", ["tenant"] = "token-tests", ["roles"] = new[] { role } };
        if (fault == "no tenant") claims.Remove("tenant");
        if (fault == "bad tenant") claims["tenant"] = "../other";
        if (fault == "two tenants") claims["tenant"] = new[] { "one", "two" };
        if (fault == "no subject") claims.Remove("sub");
        if (fault == "no roles") claims.Remove("roles");
        if (fault == "unknown role") claims["roles"] = new[] { "Emperor" };
        var key = fault == "another key" ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : Key();
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
