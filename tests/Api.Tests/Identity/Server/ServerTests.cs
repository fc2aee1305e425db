using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Server;
using ComplianceGrid.Api.Identity.Server.Keys;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Identity.SignIn;
using ComplianceGrid.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace ComplianceGrid.Api.Tests.Identity.Server;

/// <summary>The authorization server before a real database: its keys, its clients, its tables.</summary>
[Collection(ApiCollection.Name)]
public sealed class ServerTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_key_is_published_by_every_process_without_a_restart_and_old_tokens_stay_good()
    {
        await using var second = new ApiHost(grid.Settings());
        var person = await Person.EnrolledAsync(grid, "rotation@keys.example", "server-rotation");
        var before = await person.SignInAsync();
        var known = await KidsAsync(grid.Api.Client);
        Assert.Equal(known, await KidsAsync(second.Client)); // one set, whoever made it

        await grid.Api.Services.GetRequiredService<ServerKeyStore>().RotateAsync(Ct);
        foreach (var api in new[] { grid.Api, second })
        {
            await Eventually.TrueAsync(async () => (await KidsAsync(api.Client)).Count == known.Count + 1, "the new key is published", Ct);
            Assert.Superset(known, await KidsAsync(api.Client));
            Assert.Equal(HttpStatusCode.OK, (await api.Client.SendAsync(before.Access, HttpMethod.Get, "/api/auth/session")).StatusCode);
        }

        var after = await Tokens.OfAsync(await person.RefreshAsync(before.Refresh)); // sealed before, opened after
        Assert.Equal(new JsonWebToken(before.Access).Kid, new JsonWebToken(after.Access).Kid); // published an hour before it signs
        Assert.Equal(HttpStatusCode.OK, (await second.Client.SendAsync(after.Access, HttpMethod.Get, "/api/auth/session")).StatusCode);
    }

    [Fact]
    public async Task A_session_that_ends_at_one_process_is_refused_by_another_within_a_second_or_so()
    {
        await using var second = new ApiHost(grid.Settings());
        var person = await Person.EnrolledAsync(grid, "both@processes.example", "server-both");
        var tokens = await person.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, (await second.Client.SendAsync(tokens.Access, HttpMethod.Get, "/api/auth/session")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await grid.Api.Client.SendAsync(tokens.Access, HttpMethod.Post, "/api/auth/logout")).StatusCode);
        await Eventually.TrueAsync(async () => (await second.Client.SendAsync(tokens.Access, HttpMethod.Get, "/api/auth/validate")).StatusCode == HttpStatusCode.Unauthorized, "it is refused", Ct);
    }

    [Fact]
    public async Task A_service_proves_itself_by_a_signature_and_gets_a_short_token_for_one_of_its_tenants()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using (var scope = grid.Api.Services.CreateAsyncScope())
        {
            var publicKey = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ECDsa.Create(key.ExportParameters(false))));
            await scope.ServiceProvider.GetRequiredService<ClientDirectory>().AddServiceAsync("payroll", publicKey, ["server-payroll"], Ct);
        }

        var answer = await AskAsync(key, "server-payroll");
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Ct));
        var json = await answer.JsonAsync();
        var token = new JsonWebToken(json.GetProperty("access_token").GetString());
        Assert.Equal(("payroll", "server-payroll", "Service"), (token.Subject, token.GetClaim("tenant").Value, token.GetClaim("roles").Value));
        Assert.InRange((token.ValidTo - token.IssuedAt).TotalSeconds, 299, 301);
        Assert.False(json.TryGetProperty("refresh_token", out _));
        Assert.Equal(HttpStatusCode.OK, (await grid.Api.Client.SendAsync(token.EncodedToken, HttpMethod.Get, "/api/employees?limit=1")).StatusCode);

        Assert.Equal("invalid_grant", await ErrorAsync(await AskAsync(key, "server-elsewhere")));
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach (var bad in new[] { AskAsync(other, "server-payroll"), AskAsync(key, "server-payroll", audience: "https://elsewhere.example/"), AskAsync(key, "server-payroll", expired: true) })
            Assert.Contains(await ErrorAsync(await bad), new[] { "invalid_client", "invalid_token" });
    }

    [Fact]
    public async Task A_new_installation_has_no_account_and_no_client_that_anybody_could_sign_in_by()
    {
        await using var database = await GridDatabase.CreateAsync(Ct);
        await using var source = NpgsqlDataSource.Create(database.Grid(GridRole.Api));
        await using var count = source.CreateCommand("SELECT (SELECT count(*) FROM identity.account) + (SELECT count(*) FROM identity.password) + (SELECT count(*) FROM identity.application)");
        Assert.Equal(0L, await count.ExecuteScalarAsync(Ct));
    }

    [Fact]
    public async Task The_tables_are_those_that_the_model_maps()
    {
        await using var db = await grid.Api.Services.GetRequiredService<IDbContextFactory<IdentityDb>>().CreateDbContextAsync(Ct);
        var mapped = db.Model.GetEntityTypes().Where(entity => !entity.IsMappedToJson()).SelectMany(entity => entity.GetProperties().Select(property => $"{entity.GetTableName()}.{property.GetColumnName()} {property.GetColumnType()}"))
            .Append("account_passkey.data jsonb").Order(StringComparer.Ordinal); // an object in one column
        var made = await db.Database.SqlQuery<string>(
            $"""
            SELECT table_name || '.' || column_name || ' ' || CASE data_type WHEN 'character varying' THEN 'character varying(' || character_maximum_length || ')' ELSE data_type END AS "Value"
              FROM information_schema.columns WHERE table_schema = 'identity' AND table_name NOT IN ('membership', 'api_key', 'hash_key', 'factor_reset')
            """).ToListAsync(Ct);
        Assert.Equal(mapped, made.Order(StringComparer.Ordinal));
    }

    /// <summary>RFC 7523 §3, by a library that is not the server's.</summary>
    private async Task<HttpResponseMessage> AskAsync(ECDsa key, string tenant, string? audience = null, bool expired = false)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var assertion = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "client-authentication+jwt",
            Issuer = "payroll",
            Audience = audience ?? "http://127.0.0.1:5080/",
            Claims = new Dictionary<string, object> { ["sub"] = "payroll", ["jti"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(16)) },
            IssuedAt = now.AddMinutes(-10),
            Expires = expired ? now.AddMinutes(-9) : now.AddMinutes(2),
            SigningCredentials = new(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256),
        });
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["tenant"] = tenant,
            ["client_id"] = "payroll",
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = assertion,
        });
        return await grid.Api.Client.PostAsync("/connect/token", form, Ct);
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage answer) => (await answer.JsonAsync()).GetProperty("error").GetString()!;

    private static async Task<ISet<string>> KidsAsync(HttpClient client) =>
        JsonDocument.Parse(await client.GetStringAsync("/.well-known/jwks.json", Ct)).RootElement.GetProperty("keys").EnumerateArray()
            .Select(key => key.GetProperty("kid").GetString()!).ToHashSet();
}
