using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using ComplianceGrid.Api.Identity.Server;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Identity.SignIn;
using ComplianceGrid.TestKit;
using ComplianceGrid.TestKit.People;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace ComplianceGrid.Api.Tests.Identity.Server;

/// <summary>What services are told of tokens (RFC 7662), and tokens that their owners give back (RFC 7009).</summary>
[Collection(ApiCollection.Name)]
public sealed class IntrospectionTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private readonly HttpClient _client = grid.Api.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_whose_session_has_ended_is_not_active()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var service = await RegisteredAsync("introspector.ended", key, "introspect-ended");
        var person = await Person.EnrolledAsync(grid, "ended@introspection.example", "introspect-ended");
        var (one, two) = (await person.SignInAsync(), await person.SignInAsync());
        var told = await AskAsync(service, one.Access);
        Assert.True(told.GetProperty("active").GetBoolean());
        Assert.Equal(person.Account.ToString(), told.GetProperty("sub").GetString());

        Assert.Equal(HttpStatusCode.NoContent, (await _client.SendAsync(one.Access, HttpMethod.Post, "/api/auth/logout")).StatusCode);
        await Eventually.TrueAsync(async () => !(await AskAsync(service, one.Access)).GetProperty("active").GetBoolean(), "it is not active any more", Ct);
        Assert.Equal("""{"active":false}""", (await AskAsync(service, one.Access)).GetRawText().Replace(" ", "").Replace("\n", ""));
        Assert.True((await AskAsync(service, two.Access)).GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task A_service_is_told_of_its_tenants_access_tokens_and_its_own_and_of_no_other()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (service, other) = (await RegisteredAsync("introspector.one", key, "introspect-one"), await RegisteredAsync("introspector.two", otherKey, "introspect-two"));
        var tokens = await (await Person.EnrolledAsync(grid, "one@introspection.example", "introspect-one")).SignInAsync();
        var own = await service.TokenAsync("introspect-one", Ct);
        Assert.True((await AskAsync(service, tokens.Access)).GetProperty("active").GetBoolean());
        Assert.True((await AskAsync(service, own)).GetProperty("active").GetBoolean());
        foreach (var (asker, token) in new[] { (other, tokens.Access), (other, own), (service, tokens.Refresh), (service, "nonsense"), (service, tokens.Access[..^4] + "AAAA") })
            Assert.False((await AskAsync(asker, token)).GetProperty("active").GetBoolean());

        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = tokens.Access, ["client_id"] = GridGrants.FirstParty });
        Assert.False((await _client.PostAsync("/connect/introspect", form, Ct)).IsSuccessStatusCode); // proves itself by nothing
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.False((await new ServiceCaller(_client, _client.BaseAddress!, Callers.Issuer, "introspector.one", stranger).AskAsync("/connect/introspect", new() { ["token"] = tokens.Access }, Ct)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_refresh_token_that_was_revoked_refreshes_nothing_and_only_its_own_client_revokes_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var service = await RegisteredAsync("introspector.three", key, "revoke-mine");
        var person = await Person.EnrolledAsync(grid, "mine@revocation.example", "revoke-mine");
        var tokens = await person.SignInAsync();
        using (await service.AskAsync("/connect/revoke", new() { ["token"] = tokens.Refresh }, Ct)) { }
        var refreshed = await Tokens.OfAsync(await person.RefreshAsync(tokens.Refresh)); // a client that it is not of revoked nothing

        Assert.Equal(HttpStatusCode.OK, await RevokeAsync(refreshed.Refresh));
        await (await person.RefreshAsync(refreshed.Refresh)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.Unauthenticated);
        Assert.Equal(HttpStatusCode.OK, await RevokeAsync("nonsense")); // RFC 7009 §2.2: it is not good, which is what was wanted
    }

    private async Task<ServiceCaller> RegisteredAsync(string id, ECDsa key, string tenant)
    {
        await using var scope = grid.Api.Services.CreateAsyncScope();
        var publicKey = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ECDsa.Create(key.ExportParameters(false))));
        await scope.ServiceProvider.GetRequiredService<ClientDirectory>().AddServiceAsync(id, publicKey, [tenant], Ct);
        return new(_client, _client.BaseAddress!, Callers.Issuer, id, key);
    }

    private static async Task<JsonElement> AskAsync(ServiceCaller service, string token)
    {
        using var answer = await service.AskAsync("/connect/introspect", new() { ["token"] = token }, Ct);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Ct));
        return await answer.JsonAsync();
    }

    private async Task<HttpStatusCode> RevokeAsync(string token)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = token, ["client_id"] = GridGrants.FirstParty });
        return (await _client.PostAsync("/connect/revoke", form, Ct)).StatusCode;
    }
}
