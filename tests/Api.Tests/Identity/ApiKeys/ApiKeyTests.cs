using System.Net;
using System.Text;
using System.Text.Json;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Identity.SignIn;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Api.Tests.Identity.ApiKeys;

/// <summary>API keys over HTTP, before the real host and grid: made by people who signed in, used as an integration uses them.</summary>
[Collection(ApiCollection.Name)]
public sealed class ApiKeyTests(RealGridFixture grid, ApiFixture fixture) : IClassFixture<RealGridFixture>
{
    private const string Path = "/api/auth/api-keys";
    private readonly HttpClient _client = grid.Api.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_does_what_it_was_given_in_its_tenant_alone_and_stands_so_in_the_log()
    {
        var tokens = await ManagerAsync("use@keys.example", "keys-use");
        var made = await MakeAsync(tokens, "employees:read", "orders:read");
        var (key, prefix) = (Key(made), made.GetProperty("prefix").GetString()!);
        Assert.Matches($"^cg_{prefix}_[A-Za-z0-9_-]{{43}}$", key);
        Assert.Equal(90, (made.GetProperty("expiresAt").GetDateTimeOffset() - made.GetProperty("createdAt").GetDateTimeOffset()).TotalDays, 3);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(key, "/api/employees?limit=1"));
        await (await _client.SendAsync(key, HttpMethod.Get, "/api/policies")).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
        await (await _client.SendAsync(key, HttpMethod.Post, Path, Body("employees:read"))).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
        await (await _client.SendAsync(key, HttpMethod.Get, "/api/auth/session")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        var says = await (await _client.SendAsync(key, HttpMethod.Get, "/api/auth/validate")).JsonAsync();
        Assert.Equal(("keys-use", $"api-key:{prefix}"), (says.GetProperty("tenant").GetString(), says.GetProperty("user").GetString()));
        Assert.Equal(["account:self", "employees:read", "orders:read"], Texts(says, "permissions"));

        await Eventually.TrueAsync(async () => (await LogAsync("keys-use", "ACCESS_DENIED")).Count(entry => entry.GetProperty("userId").GetString() == $"api-key:{prefix}") == 2, "the refusals are on record", Ct);
        Assert.Single(await LogAsync("keys-use", "API_KEY_CREATED"));
        await Eventually.TrueAsync(async () => (await ReadAsync(tokens, Id(made))).TryGetProperty("lastUsedAt", out var at) && at.ValueKind == JsonValueKind.String, "its use is known", Ct);
    }

    [Fact]
    public async Task Wrong_unknown_malformed_expired_and_revoked_keys_get_one_answer_and_are_on_record()
    {
        var tokens = await ManagerAsync("wrong@keys.example", "keys-wrong");
        var (good, expired, revoked) = (await MakeAsync(tokens), await MakeAsync(tokens), await MakeAsync(tokens));
        await SqlAsync($"UPDATE identity.api_key SET good_until = array[now() - interval '1 second'] WHERE id = '{Id(expired)}'");
        Assert.Equal(HttpStatusCode.NoContent, (await _client.SendAsync(tokens.Access, HttpMethod.Delete, $"{Path}/{Id(revoked)}")).StatusCode);
        await (await _client.SendAsync(tokens.Access, HttpMethod.Delete, $"{Path}/{Id(revoked)}")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);

        var key = Key(good);
        var wrong = key[..14] + Key(expired)[14..]; // another key's secret under this one's prefix
        var unknown = "cg_aaaaaaaaaa" + key[13..];
        foreach (var bad in new[] { wrong, unknown, key[..^1], key + "A", "cg_", Key(expired), Key(revoked), key.ToUpperInvariant() })
        {
            var answer = await _client.SendAsync(bad, HttpMethod.Get, "/api/employees?limit=1");
            Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
            await answer.RefusedAsync(HttpStatusCode.Unauthorized, GridError.Unauthenticated);
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(key, "/api/employees?limit=1"));
        await Eventually.TrueAsync(async () => (await LogAsync("keys-wrong", "API_KEY_DENIED")).Length == 3, "what names one of the tenant's keys stands in its log", Ct);
        Assert.Single(await LogAsync("keys-wrong", "API_KEY_REVOKED"), entry => entry.GetProperty("result").GetString() == "SUCCESS");
    }

    [Fact]
    public async Task A_rotated_key_has_two_good_secrets_for_the_overlap()
    {
        var tokens = await ManagerAsync("rotate@keys.example", "keys-rotate");
        var made = await MakeAsync(tokens);
        var rotated = await (await RotateAsync(tokens, made, new { overlapHours = 1, expiresInDays = 10 })).JsonAsync();
        Assert.NotEqual(Key(made), Key(rotated));
        Assert.Equal(made.GetProperty("prefix").GetString(), rotated.GetProperty("prefix").GetString());
        Assert.InRange(rotated.GetProperty("replacedGoodUntil").GetDateTimeOffset() - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(60));
        await AcceptedAsync(Key(rotated));
        await AcceptedAsync(Key(made));

        await SqlAsync($"UPDATE identity.api_key SET good_until = array[good_until[1], now() - interval '1 second'] WHERE id = '{Id(made)}'");
        await RefusedAsync(Key(made));
        await AcceptedAsync(Key(rotated));
        var last = await (await RotateAsync(tokens, rotated, new { overlapHours = 0 })).JsonAsync(); // at once: it leaked
        await RefusedAsync(Key(rotated));
        await AcceptedAsync(Key(last));
        Assert.Equal(2, (await LogAsync("keys-rotate", "API_KEY_ROTATED")).Length);
        foreach (var bad in new object[] { new { overlapHours = 169 }, new { overlapHours = -1 }, new { expiresInDays = 366 }, new { expiresInDays = 0 } })
            await (await RotateAsync(tokens, last, bad)).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
    }

    [Fact]
    public async Task Of_two_rotations_at_once_one_is_done_and_its_secret_and_the_one_before_are_good()
    {
        var tokens = await ManagerAsync("twice@keys.example", "keys-twice");
        var made = await MakeAsync(tokens);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RotateAsync(tokens, made, new { })));
        var won = Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        foreach (var lost in answers.Where(answer => answer != won)) await lost.RefusedAsync(HttpStatusCode.PreconditionFailed, GridError.PreconditionFailed);
        await AcceptedAsync(Key(await won.JsonAsync()));
        await AcceptedAsync(Key(made));
    }

    [Fact]
    public async Task Nobody_gives_a_key_more_than_they_have_and_it_loses_what_its_owner_loses()
    {
        var tokens = await ManagerAsync("scope@keys.example", "keys-scope");
        foreach (var (beyond, error, status) in new[]
        {
            ("audit:read", GridError.Forbidden, HttpStatusCode.Forbidden), ("reasons:medical", GridError.Forbidden, HttpStatusCode.Forbidden),
            ("api-keys:write", GridError.Invalid, HttpStatusCode.UnprocessableEntity), ("waivers:approve", GridError.Invalid, HttpStatusCode.UnprocessableEntity),
            ("all", GridError.Invalid, HttpStatusCode.UnprocessableEntity),
        })
            await (await _client.SendAsync(tokens.Access, HttpMethod.Post, Path, Body("employees:read", beyond))).RefusedAsync(status, error);
        foreach (var body in new object[] { new { name = "n", permissions = Array.Empty<string>() }, new { name = "", permissions = new[] { "employees:read" } }, new { name = "n", permissions = new[] { "employees:read" }, expiresInDays = 366 } })
            await (await _client.SendAsync(tokens.Access, HttpMethod.Post, Path, body)).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        Assert.Equal(2, await grid.Api.CountAsync("keys-scope", "PRIVILEGE_ESCALATION", "FAILURE")); // those that a key can have and its maker does not

        var made = await MakeAsync(tokens, "employees:read", "policies:read");
        await AcceptedAsync(Key(made), "/api/policies", HttpStatusCode.NotFound);
        await SqlAsync($"UPDATE identity.membership SET roles = array['Supervisor'] WHERE tenant_id = 'keys-scope'");
        await Eventually.TrueAsync(async () => await StatusAsync(Key(made), "/api/policies") == HttpStatusCode.Forbidden, "it may no more than a supervisor", Ct);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Key(made), "/api/employees?limit=1"));
        await SqlAsync($"DELETE FROM identity.membership WHERE tenant_id = 'keys-scope'");
        await RefusedAsync(Key(made));
    }

    [Fact]
    public async Task Another_tenants_key_is_as_if_there_were_none()
    {
        var (mine, theirs) = (await ManagerAsync("mine@keys.example", "keys-mine"), await ManagerAsync("theirs@keys.example", "keys-theirs"));
        var made = await MakeAsync(mine);
        await (await _client.SendAsync(theirs.Access, HttpMethod.Get, $"{Path}/{Id(made)}")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        await (await _client.SendAsync(theirs.Access, HttpMethod.Delete, $"{Path}/{Id(made)}")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        await (await RotateAsync(theirs, made, new { })).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        Assert.Empty((await (await _client.SendAsync(theirs.Access, HttpMethod.Get, Path)).JsonAsync()).GetProperty("items").EnumerateArray());
        await AcceptedAsync(Key(made));
    }

    [Fact]
    public async Task A_secret_is_shown_once_and_kept_nowhere()
    {
        var tokens = await ManagerAsync("secret@keys.example", "keys-secret");
        var answer = await _client.SendAsync(tokens.Access, HttpMethod.Post, Path, Body("employees:read"));
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var made = await answer.JsonAsync();
        var secret = Key(made)[14..];
        await AcceptedAsync(Key(made));
        foreach (var path in new[] { Path, $"{Path}/{Id(made)}" })
        {
            var text = await (await _client.SendAsync(tokens.Access, HttpMethod.Get, path)).Content.ReadAsStringAsync(Ct);
            Assert.Contains(made.GetProperty("prefix").GetString()!, text);
            Assert.DoesNotContain(secret, text);
            Assert.DoesNotContain("hash", text, StringComparison.OrdinalIgnoreCase);
        }

        var row = await SqlAsync($"SELECT k::text || encode(k.hashes[1], 'escape') FROM identity.api_key k WHERE id = '{Id(made)}'");
        Assert.Contains("employees:read", row);
        Assert.DoesNotContain(secret, row);
        Assert.DoesNotContain(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(secret))), row);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_by_another_process_within_a_second()
    {
        await using var second = new ApiHost(grid.Settings());
        var tokens = await ManagerAsync("revoke@keys.example", "keys-revoke");
        var made = await MakeAsync(tokens);
        await Eventually.TrueAsync(async () => (await second.Client.SendAsync(Key(made), HttpMethod.Get, "/api/auth/validate")).StatusCode == HttpStatusCode.OK, "the other process takes it", Ct);
        Assert.Equal(HttpStatusCode.NoContent, (await _client.SendAsync(tokens.Access, HttpMethod.Delete, $"{Path}/{Id(made)}")).StatusCode);

        var (clock, revoked, lastGood) = (TimeProvider.System, TimeProvider.System.GetTimestamp(), TimeSpan.Zero);
        while (true)
        {
            var sent = clock.GetElapsedTime(revoked);
            if ((await second.Client.SendAsync(Key(made), HttpMethod.Get, "/api/auth/validate")).StatusCode == HttpStatusCode.Unauthorized) break;
            Assert.True((lastGood = sent) < TimeSpan.FromSeconds(5));
        }

        Assert.InRange(lastGood, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task While_the_database_does_not_answer_a_key_is_answered_503_and_not_refused()
    {
        var tokens = await ManagerAsync("away@keys.example", "keys-away");
        var made = await MakeAsync(tokens);
        await AcceptedAsync(Key(made));
        await using (var rows = NpgsqlDataSource.Create(fixture.Reads.Database.Grid(GridRole.Superuser)))
        await using (var connection = await rows.OpenConnectionAsync(Ct))
        await using (var transaction = await connection.BeginTransactionAsync(Ct))
        {
            await using var command = new NpgsqlCommand("LOCK TABLE identity.api_key IN ACCESS EXCLUSIVE MODE", connection, transaction);
            await command.ExecuteNonQueryAsync(Ct);
            await Eventually.TrueAsync(async () => await StatusAsync(Key(made), "/api/auth/validate") != HttpStatusCode.OK, "what it knew is too old", Ct);
            var answer = await _client.SendAsync(Key(made), HttpMethod.Get, "/api/auth/validate");
            Assert.NotNull(answer.Headers.RetryAfter);
            await answer.RefusedAsync(HttpStatusCode.ServiceUnavailable, GridError.Unavailable);
        }

        await Eventually.TrueAsync(async () => await StatusAsync(Key(made), "/api/auth/validate") == HttpStatusCode.OK, "it is good again", Ct);
    }

    private async Task<Tokens> ManagerAsync(string email, string tenant) => await (await Person.EnrolledAsync(grid, email, tenant, "ComplianceManager")).SignInAsync();

    private async Task<JsonElement> MakeAsync(Tokens tokens, params string[] permissions)
    {
        var answer = await _client.SendAsync(tokens.Access, HttpMethod.Post, Path, Body(permissions is [] ? ["employees:read"] : permissions));
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Ct));
        return await answer.JsonAsync();
    }

    private Task<HttpResponseMessage> RotateAsync(Tokens tokens, JsonElement key, object body) =>
        _client.SendAsync(tokens.Access, HttpMethod.Post, $"{Path}/{Id(key)}/rotate", body, ifMatch: $"\"{key.GetProperty("revision").GetInt64()}-0\"");

    private async Task<JsonElement> ReadAsync(Tokens tokens, Guid id) => await (await _client.SendAsync(tokens.Access, HttpMethod.Get, $"{Path}/{id}")).JsonAsync();

    private async Task<HttpStatusCode> StatusAsync(string key, string path) => (await _client.SendAsync(key, HttpMethod.Get, path)).StatusCode;

    // What a process knew of a key may be as old as it believes it.
    private Task AcceptedAsync(string key, string path = "/api/employees?limit=1", HttpStatusCode status = HttpStatusCode.OK) =>
        Eventually.TrueAsync(async () => await StatusAsync(key, path) == status, "the key is good", Ct);

    private Task RefusedAsync(string key) => Eventually.TrueAsync(async () => await StatusAsync(key, "/api/employees?limit=1") == HttpStatusCode.Unauthorized, "the key is not good", Ct);

    private async Task<JsonElement[]> LogAsync(string tenant, string action)
    {
        var auditor = await grid.Api.TokenAsync(tenant, ["Auditor"]);
        return [.. (await (await _client.SendAsync(auditor, HttpMethod.Get, $"/audit/logs?query=action:{action}&limit=100")).JsonAsync()).GetProperty("items").EnumerateArray()];
    }

    private async Task<string> SqlAsync(string sql)
    {
        await using var rows = NpgsqlDataSource.Create(fixture.Reads.Database.Grid(GridRole.Superuser));
        await using var command = rows.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Ct) as string ?? "";
    }

    private static object Body(params string[] permissions) => new { name = "an integration", permissions };

    private static string Key(JsonElement key) => key.GetProperty("key").GetString()!;

    private static Guid Id(JsonElement key) => key.GetProperty("id").GetGuid();

    private static string[] Texts(JsonElement json, string member) => [.. json.GetProperty(member).EnumerateArray().Select(text => text.GetString()!)];
}
