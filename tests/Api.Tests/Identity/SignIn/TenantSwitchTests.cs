using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.TestKit;
using ComplianceGrid.TestKit.People;
using Npgsql;

namespace ComplianceGrid.Api.Tests.Identity.SignIn;

/// <summary>A person of several tenants goes from one to another, by what they proved when they signed in.</summary>
[Collection(ApiCollection.Name)]
public sealed class TenantSwitchTests(RealGridFixture grid, ApiFixture fixture) : IClassFixture<RealGridFixture>
{
    private readonly HttpClient _client = grid.Api.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_new_tokens_are_of_the_other_tenant_alone_and_both_logs_say_so()
    {
        var person = await Person.EnrolledAsync(grid, "walk@switch.example", "switch-from", "Supervisor");
        await Person.InvitedAsync(grid, person.Email, "switch-to", "Adjudicator");
        var before = await person.SignInAsync("switch-from");
        var began = await JsonAsync(before, "/api/auth/session");

        var after = await Tokens.OfAsync(await SwitchAsync(before, "switch-to"));
        Assert.Equal(("switch-to", "Adjudicator"), (after.Claims.GetProperty("tenant").GetString(), after.Claims.GetProperty("roles").GetString()));
        Assert.NotEqual(before.Session, after.Session);
        Assert.Equal(before.Claims.GetProperty("auth_time").GetInt64(), after.Claims.GetProperty("auth_time").GetInt64());
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(after.Access, HttpMethod.Get, "/api/orders?limit=1")).StatusCode); // an adjudicator may, a supervisor may not
        var session = await JsonAsync(after, "/api/auth/session");
        Assert.Equal(began.GetProperty("endsAt").GetDateTimeOffset(), session.GetProperty("endsAt").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1)); // switching is no way to stay signed in

        await Eventually.TrueAsync(async () => (await _client.SendAsync(before.Access, HttpMethod.Get, "/api/auth/validate")).StatusCode == HttpStatusCode.Unauthorized, "the session before has ended", Ct);
        foreach (var tenant in new[] { "switch-from", "switch-to" })
        {
            var entry = Assert.Single(await LogAsync(tenant));
            Assert.Equal(person.Account.ToString(), entry.GetProperty("userId").GetString());
            Assert.DoesNotContain(tenant == "switch-to" ? "switch-from" : "switch-to", entry.GetRawText());
        }

        var back = await Tokens.OfAsync(await SwitchAsync(await Tokens.OfAsync(await person.RefreshAsync(after.Refresh)), "switch-from"));
        Assert.Equal("Supervisor", back.Claims.GetProperty("roles").GetString());
    }

    [Fact]
    public async Task The_session_before_ends_in_the_requests_and_the_persons_name()
    {
        var person = await Person.EnrolledAsync(grid, "leave@switch.example", "leave-from", "Supervisor");
        await Person.InvitedAsync(grid, person.Email, "leave-to");
        var before = await person.SignInAsync("leave-from");
        using var asked = new HttpRequestMessage(HttpMethod.Post, "/api/auth/tenant") { Content = JsonContent.Create(new { refresh_token = before.Refresh, tenant = "leave-to" }) };
        asked.Headers.UserAgent.ParseAdd("switching/1.0");
        await Tokens.OfAsync(await _client.SendAsync(asked, Ct));

        // As the session's grain wrote it, with the end itself; a silo's relay takes it to the log.
        await using var rows = NpgsqlDataSource.Create(fixture.Reads.Database.Grid(GridRole.Superuser));
        await using var command = rows.CreateCommand("SELECT convert_from(body, 'UTF8') FROM grid.outbox WHERE kind = 'audit' AND tenant_id = 'leave-from' ORDER BY position DESC LIMIT 1");
        var entry = JsonElement.Parse((string)(await command.ExecuteScalarAsync(Ct))!);
        var request = Text(Assert.Single(await LogAsync("leave-from")), "requestId");
        Assert.Equal(("logout", request, person.Account.ToString(), "Supervisor", before.Session.ToString(), "switching/1.0"),
            (Text(entry, "action"), Text(entry, "requestId"), Text(entry, "userId"), Text(entry, "userRole"), Text(entry, "resourceId"), Text(entry, "userAgent")));
    }

    [Fact]
    public async Task A_refresh_token_that_was_used_to_switch_is_spent()
    {
        var person = await Person.EnrolledAsync(grid, "spent@switch.example", "spent-from");
        await Person.InvitedAsync(grid, person.Email, "spent-to");
        var before = await person.SignInAsync("spent-from");
        var after = await Tokens.OfAsync(await SwitchAsync(before, "spent-to"));
        await (await SwitchAsync(before, "spent-to")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.Unauthenticated);
        await (await person.RefreshAsync(after.Refresh)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.Unauthenticated); // the family is revoked
    }

    [Fact]
    public async Task A_tenant_that_is_none_of_theirs_is_as_one_that_does_not_exist()
    {
        var person = await Person.EnrolledAsync(grid, "none@switch.example", "none-mine");
        await Person.EnrolledAsync(grid, "other@switch.example", "none-theirs");
        var tokens = await person.SignInAsync();
        foreach (var tenant in new[] { "none-theirs", "none-at-all", "none-mine", "", "NONE" })
            await (await SwitchAsync(tokens, tenant)).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        var missing = await _client.PostAsJsonAsync("/api/auth/tenant", new { refresh_token = tokens.Refresh }, Ct);
        await missing.RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        await Tokens.OfAsync(await person.RefreshAsync(tokens.Refresh)); // refused, so not spent
    }

    [Fact]
    public async Task Where_they_are_privileged_the_sign_in_must_have_been_by_passkey()
    {
        var person = await Person.EnrolledAsync(grid, "code@switch.example", "code-from");
        await Person.InvitedAsync(grid, person.Email, "code-to", "TenantAdmin");
        var byCode = await person.SignInAsync("code-from");
        await (await SwitchAsync(byCode, "code-to")).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(byCode.Access, HttpMethod.Get, "/api/auth/session")).StatusCode);

        var (other, secret) = await Person.InvitedAsync(grid, "key@switch.example", "key-from", "Supervisor");
        await Person.InvitedAsync(grid, other.Email, "key-to", "TenantAdmin");
        await other.SetPasswordAsync(secret, Person.Password);
        using var key = new SoftwareAuthenticator("http://localhost:5080");
        var begun = await other.BeginAsync();
        Assert.Equal(HttpStatusCode.OK, (await other.AddPasskeyAsync(begun, key.Create(await other.OptionsAsync(begun, "create")))).StatusCode);
        var byKey = await Tokens.OfAsync(await other.ChallengeAsync(begun, tenant: "key-from"));
        var admin = await Tokens.OfAsync(await SwitchAsync(byKey, "key-to"));
        Assert.Equal("TenantAdmin", admin.Claims.GetProperty("roles").GetString());
        var session = await JsonAsync(admin, "/api/auth/session");
        Assert.Equal(1, (session.GetProperty("endsAt").GetDateTimeOffset() - session.GetProperty("startedAt").GetDateTimeOffset()).TotalHours, 1); // that tenant's rules
    }

    private Task<HttpResponseMessage> SwitchAsync(Tokens tokens, string tenant) =>
        _client.PostAsJsonAsync("/api/auth/tenant", new { refresh_token = tokens.Refresh, tenant }, Ct);

    private async Task<JsonElement> JsonAsync(Tokens tokens, string path) => await (await _client.SendAsync(tokens.Access, HttpMethod.Get, path)).JsonAsync();

    private static string? Text(JsonElement entry, string member) => entry.GetProperty(member).GetString();

    private async Task<JsonElement[]> LogAsync(string tenant)
    {
        var auditor = await grid.Api.TokenAsync(tenant, ["Auditor"]);
        return [.. (await (await _client.SendAsync(auditor, HttpMethod.Get, "/audit/logs?query=action:TENANT_SWITCHED&limit=100")).JsonAsync()).GetProperty("items").EnumerateArray()];
    }
}
