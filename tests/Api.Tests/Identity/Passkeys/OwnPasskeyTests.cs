using System.Net;
using System.Text.Json;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Identity.SignIn;
using ComplianceGrid.TestKit.People;

namespace ComplianceGrid.Api.Tests.Identity.Passkeys;

/// <summary>A second passkey and more, by who is signed in: added, named, removed, and never so that nobody gets in any more.</summary>
[Collection(ApiCollection.Name)]
public sealed class OwnPasskeyTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private const string Origin = "http://localhost:5080", Own = "/api/auth/passkeys";
    private readonly HttpClient _client = grid.Api.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_administrator_adds_a_second_one_names_it_signs_in_by_either_and_removes_the_one_that_was_lost()
    {
        var (person, lost) = await EnrolledAsync("walk@own.example", "own-walk");
        using var first = lost;
        using var second = new SoftwareAuthenticator(Origin);
        var tokens = await SignInAsync(person, first);
        var added = await OkAsync(await AddAsync(tokens, second, "key in the safe"));
        Assert.Equal("key in the safe", added.GetProperty("name").GetString());
        var list = (await OkAsync(await _client.SendAsync(tokens.Access, HttpMethod.Get, Own))).GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(2, list.Length);
        Assert.False(list[0].TryGetProperty("name", out _));
        Assert.Equal(added.GetProperty("id").GetGuid(), list[1].GetProperty("id").GetGuid());
        var oldest = list[0].GetProperty("id").GetGuid();
        Assert.Equal("telephone", (await OkAsync(await _client.SendAsync(tokens.Access, HttpMethod.Put, $"{Own}/{oldest}", new { name = "telephone" }))).GetProperty("name").GetString());

        var other = await SignInAsync(person, second);
        Assert.Equal(HttpStatusCode.NoContent, (await _client.SendAsync(other.Access, HttpMethod.Delete, $"{Own}/{oldest}")).StatusCode);
        await (await _client.SendAsync(other.Access, HttpMethod.Delete, $"{Own}/{oldest}")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        await (await person.RefreshAsync(tokens.Refresh)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.Unauthenticated); // whoever has the lost one is out
        await _client.SendAsync(other.Access, HttpMethod.Get, "/api/auth/session");
        var begun = await person.BeginAsync();
        await (await person.AssertAsync(begun, first.Get(await person.OptionsAsync(begun, "get")))).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        Assert.Equal("key in the safe", Assert.Single((await OkAsync(await _client.SendAsync((await SignInAsync(person, second)).Access, HttpMethod.Get, Own))).GetProperty("items").EnumerateArray()).GetProperty("name").GetString());

        Assert.Equal(2, await grid.Api.CountAsync("own-walk", "MFA_ENROLLED", "SUCCESS"));
        Assert.Equal(1, await grid.Api.CountAsync("own-walk", "DELETE", "SUCCESS"));
    }

    [Fact]
    public async Task Where_another_session_cannot_be_ended_it_stays_and_asking_again_does_both()
    {
        var (person, lost) = await EnrolledAsync("away@own.example", "own-away");
        using var first = lost;
        using var second = new SoftwareAuthenticator(Origin);
        var before = await SignInAsync(person, first);
        await OkAsync(await AddAsync(before, second, "second"));
        var tokens = await SignInAsync(person, second);
        var oldest = (await IdsAsync(tokens))[0];
        await grid.BreakFeedAsync(broken: true, Ct);
        try
        {
            await (await _client.SendAsync(tokens.Access, HttpMethod.Delete, $"{Own}/{oldest}")).RefusedAsync(HttpStatusCode.InternalServerError, GridError.Fault);
        }
        finally
        {
            await grid.BreakFeedAsync(broken: false, Ct);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await _client.SendAsync(tokens.Access, HttpMethod.Delete, $"{Own}/{oldest}")).StatusCode);
        await (await person.RefreshAsync(before.Refresh)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.Unauthenticated);
    }

    [Fact]
    public async Task The_last_one_of_whoever_must_have_one_stays_also_when_two_remove_one_each_at_once()
    {
        var (person, key) = await EnrolledAsync("last@own.example", "own-last");
        using var mine = key;
        using var second = new SoftwareAuthenticator(Origin);
        var tokens = await SignInAsync(person, key);
        var only = await IdsAsync(tokens);
        await (await _client.SendAsync(tokens.Access, HttpMethod.Delete, $"{Own}/{only[0]}")).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
        await OkAsync(await AddAsync(tokens, second, "second"));
        var both = await IdsAsync(tokens);
        var answers = await Task.WhenAll(both.Select(id => _client.SendAsync(tokens.Access, HttpMethod.Delete, $"{Own}/{id}")));
        Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.Forbidden], answers.Select(answer => answer.StatusCode).Order());
        Assert.Single(await IdsAsync(tokens));
    }

    [Fact]
    public async Task The_last_factor_of_anybody_stays_and_beside_an_app_a_passkey_may_go()
    {
        var (alone, key) = await EnrolledAsync("alone@own.example", "own-factor", "Supervisor");
        using var mine = key;
        var tokens = await SignInAsync(alone, key);
        await (await _client.SendAsync(tokens.Access, HttpMethod.Delete, $"{Own}/{(await IdsAsync(tokens))[0]}")).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);

        var person = await Person.EnrolledAsync(grid, "app@own.example", "own-factor");
        tokens = await person.SignInAsync();
        using var second = new SoftwareAuthenticator(Origin);
        await OkAsync(await AddAsync(tokens, second, "a key"));
        var login = await (await person.LoginAsync()).JsonAsync();
        Assert.Equal(["passkey", "totp", "recovery_code"], login.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!));
        Assert.Equal(HttpStatusCode.NoContent, (await _client.SendAsync(tokens.Access, HttpMethod.Delete, $"{Own}/{(await IdsAsync(tokens))[0]}")).StatusCode);
        await person.SignInAsync();
    }

    [Fact]
    public async Task A_sign_in_of_six_minutes_ago_lists_and_names_and_neither_adds_nor_removes()
    {
        var (person, key) = await EnrolledAsync("stale@own.example", "own-stale");
        using var mine = key;
        using var second = new SoftwareAuthenticator(Origin);
        var tokens = await SignInAsync(person, key);
        var made = await MadeAsync(tokens, second, "second");
        await using var later = new ApiHost(grid.Settings(), clock: new Ahead(TimeSpan.FromMinutes(6)));
        await later.HasKeysAsync(Ct);
        var id = (await IdsAsync(tokens))[0];
        Assert.Equal(HttpStatusCode.OK, (await later.Client.SendAsync(tokens.Access, HttpMethod.Put, $"{Own}/{id}", new { name = "named" })).StatusCode);
        foreach (var answer in new[]
        {
            await later.Client.SendAsync(tokens.Access, HttpMethod.Post, $"{Own}/own/options"),
            await later.Client.SendAsync(tokens.Access, HttpMethod.Post, $"{Own}/own", made),
            await later.Client.SendAsync(tokens.Access, HttpMethod.Delete, $"{Own}/{id}"),
        })
        {
            await answer.RefusedAsync(HttpStatusCode.Unauthorized, GridError.Unauthenticated);
            Assert.Equal("Bearer error=\"insufficient_user_authentication\", max_age=\"300\"", answer.Headers.WwwAuthenticate.ToString());
        }

        Assert.Single(await IdsAsync(tokens));
        await OkAsync(await _client.SendAsync(tokens.Access, HttpMethod.Post, $"{Own}/own", made)); // where it is not late, it is good
    }

    [Fact]
    public async Task Who_signed_in_by_a_code_to_one_tenant_makes_no_passkey_for_another_that_demands_one()
    {
        var person = await Person.EnrolledAsync(grid, "two@own.example", "own-ordinary");
        await Person.InvitedAsync(grid, person.Email, "own-privileged", "TenantAdmin");
        var tokens = await person.SignInAsync("own-ordinary");
        await (await _client.SendAsync(tokens.Access, HttpMethod.Post, $"{Own}/own/options")).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
    }

    [Fact]
    public async Task A_new_one_that_lies_or_is_anothers_is_refused_and_a_challenge_is_good_once_for_its_owner()
    {
        var (person, key) = await EnrolledAsync("lies@own.example", "own-lies");
        var (other, theirs) = await EnrolledAsync("others@own.example", "own-lies");
        using var mine = key;
        using var strange = theirs;
        using var second = new SoftwareAuthenticator(Origin);
        var (tokens, foreign) = (await SignInAsync(person, key), await SignInAsync(other, theirs));
        foreach (var lie in new Lie[] { new() { Origin = "https://evil.example" }, new() { IsUserUnverified = true }, new() { Type = "webauthn.get" } })
        {
            var made = await MadeAsync(tokens, second, "a lie", lie);
            await (await SendAsync(tokens, made)).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
            await (await SendAsync(tokens, made)).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid); // its challenge is spent
        }

        var good = await MadeAsync(tokens, second, "good");
        await (await SendAsync(foreign, good)).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        await OkAsync(await SendAsync(tokens, good));
        await (await SendAsync(tokens, good)).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        using var again = new SoftwareAuthenticator(Origin);
        await (await SendAsync(foreign, await MadeAsync(foreign, again, "stolen", new() { CredentialId = second.CredentialId }))).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        foreach (var name in new[] { "", " blank", new string('a', 101) })
            await (await _client.SendAsync(tokens.Access, HttpMethod.Put, $"{Own}/{(await IdsAsync(tokens))[0]}", new { name })).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        Assert.Equal((2, 1), ((await IdsAsync(tokens)).Length, (await IdsAsync(foreign)).Length));
    }

    [Fact]
    public async Task Ten_are_enough()
    {
        var (person, key) = await EnrolledAsync("ten@own.example", "own-ten");
        using var mine = key;
        var tokens = await SignInAsync(person, key);
        for (var n = 2; n <= 11; n++)
        {
            using var more = new SoftwareAuthenticator(Origin);
            var answer = await AddAsync(tokens, more, $"key {n}");
            if (n <= 10) await OkAsync(answer);
            else await answer.RefusedAsync(HttpStatusCode.Conflict, GridError.TooManyFacts);
        }
    }

    private async Task<(Person Person, SoftwareAuthenticator Key)> EnrolledAsync(string email, string tenant, string roles = "TenantAdmin")
    {
        var (person, secret) = await Person.InvitedAsync(grid, email, tenant, roles);
        Assert.Equal(HttpStatusCode.NoContent, (await person.SetPasswordAsync(secret, Person.Password)).StatusCode);
        var key = new SoftwareAuthenticator(Origin);
        var begun = await person.BeginAsync();
        await OkAsync(await person.AddPasskeyAsync(begun, key.Create(await person.OptionsAsync(begun, "create"))));
        await Tokens.OfAsync(await person.ChallengeAsync(begun));
        return (person, key);
    }

    private static async Task<Tokens> SignInAsync(Person person, SoftwareAuthenticator key)
    {
        var begun = await person.BeginAsync();
        return await Tokens.OfAsync(await person.AssertAsync(begun, key.Get(await person.OptionsAsync(begun, "get"))));
    }

    private async Task<HttpResponseMessage> AddAsync(Tokens tokens, SoftwareAuthenticator key, string name) => await SendAsync(tokens, await MadeAsync(tokens, key, name));

    private async Task<object> MadeAsync(Tokens tokens, SoftwareAuthenticator key, string name, Lie? lie = null)
    {
        var asked = await OkAsync(await _client.SendAsync(tokens.Access, HttpMethod.Post, $"{Own}/own/options"));
        return new { token = asked.GetProperty("token").GetString(), name, credential = key.Create(asked.GetProperty("options"), lie) };
    }

    private Task<HttpResponseMessage> SendAsync(Tokens tokens, object made) => _client.SendAsync(tokens.Access, HttpMethod.Post, $"{Own}/own", made);

    private async Task<Guid[]> IdsAsync(Tokens tokens) =>
        [.. (await OkAsync(await _client.SendAsync(tokens.Access, HttpMethod.Get, Own))).GetProperty("items").EnumerateArray().Select(passkey => passkey.GetProperty("id").GetGuid())];

    private static async Task<JsonElement> OkAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Ct)}");
        return await answer.JsonAsync();
    }

    /// <summary>The system's clock, set forward.</summary>
    private sealed class Ahead(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
