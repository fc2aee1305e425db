using System.Net;
using System.Net.Http.Json;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Api.Tests.Identity.SignIn;

/// <summary>Flow 1: name and password, second factor, tokens, session. Real accounts, real grains, real database.</summary>
[Collection(ApiCollection.Name)]
public sealed class SignInTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private readonly HttpClient _client = grid.Api.Client;

    [Fact]
    public async Task An_invited_person_sets_a_password_enrolls_an_app_and_gets_tokens_of_a_session()
    {
        var (person, secret) = await Person.InvitedAsync(grid, "first@walk.example", "sign-in-walk");
        await (await person.SetPasswordAsync(secret, "password1234")).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        Assert.Equal(HttpStatusCode.NoContent, (await person.SetPasswordAsync(secret, Person.Password)).StatusCode);
        await (await person.SetPasswordAsync(secret, "another tractor hums at noon")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials); // good once

        var login = await (await person.LoginAsync()).JsonAsync();
        Assert.True(login.GetProperty("mfa_required").GetBoolean());
        Assert.Equal(0, login.GetProperty("methods").GetArrayLength());
        Assert.Equal(["passkey", "totp"], login.GetProperty("enroll").EnumerateArray().Select(method => method.GetString()!));
        var begun = login.GetProperty("temp_token").GetString()!;
        await (await person.ChallengeAsync(begun, "000000")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials); // no way around it
        await person.EnrollAsync(begun);
        Assert.Equal(10, person.RecoveryCodes.Length);

        var tokens = await Tokens.OfAsync(await person.ChallengeAsync(begun));
        Assert.Equal("sign-in-walk", tokens.Claims.GetProperty("tenant").GetString());
        Assert.Equal(person.Account, tokens.Claims.GetProperty("sub").GetGuid());
        Assert.InRange(tokens.Claims.GetProperty("exp").GetInt64() - tokens.Claims.GetProperty("iat").GetInt64(), 599, 601);
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(tokens.Access, HttpMethod.Get, "/api/employees?limit=1")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _client.SendAsync(tokens.Access, HttpMethod.Get, "/audit/logs")).StatusCode);
        var session = await (await _client.SendAsync(tokens.Access, HttpMethod.Get, "/api/auth/session")).JsonAsync();
        Assert.Equal(tokens.Session, session.GetProperty("id").GetGuid());
        await (await person.ChallengeAsync(begun)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials); // taken
    }

    [Fact]
    public async Task A_code_of_the_app_is_good_once_and_so_is_a_recovery_code()
    {
        var person = await Person.EnrolledAsync(grid, "once@codes.example", "sign-in-codes");
        var code = person.Code(1); // the one of this step was spent by the enrollment
        await Tokens.OfAsync(await person.ChallengeAsync(await person.BeginAsync(), code));
        await (await person.ChallengeAsync(await person.BeginAsync(), code)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);

        var recovery = person.RecoveryCodes[0];
        await Tokens.OfAsync(await person.ChallengeAsync(await person.BeginAsync(), recovery.ToLowerInvariant(), "recovery_code"));
        await (await person.ChallengeAsync(await person.BeginAsync(), recovery, "recovery_code")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
    }

    [Fact]
    public async Task Of_two_who_bring_the_same_code_at_once_one_gets_in()
    {
        var person = await Person.EnrolledAsync(grid, "race@codes.example", "sign-in-race");
        await person.SignInAsync(); // or the sign-in of the enrolment, begun and left, is a third failed try beside these two
        var (first, second) = (await person.BeginAsync(), await person.BeginAsync());
        var answers = await Task.WhenAll(person.ChallengeAsync(first, person.RecoveryCodes[0], "recovery_code"), person.ChallengeAsync(second, person.RecoveryCodes[0], "recovery_code"));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Unauthorized], answers.Select(answer => answer.StatusCode).Order());
    }

    [Fact]
    public async Task Guesses_of_a_second_factor_at_once_are_no_more_than_the_lock_allows()
    {
        var person = await Person.EnrolledAsync(grid, "flood@codes.example", "sign-in-flood");
        await person.SignInAsync(); // clears the tries of the enrolment
        var begun = await person.BeginAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(n => person.ChallengeAsync(begun, $"no{n:00}", "totp")));
        Assert.InRange(answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized), 0, 2); // the third at the latest is told of the lock
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests, $"{answer.StatusCode}"));
        await (await person.ChallengeAsync(begun, person.NextRecoveryCode(), "recovery_code")).RefusedAsync(HttpStatusCode.TooManyRequests, GridError.TooManyRequests);
    }

    [Fact]
    public async Task Refreshing_rotates_and_a_token_that_comes_twice_ends_the_session_and_its_family()
    {
        var person = await Person.EnrolledAsync(grid, "rotate@tokens.example", "sign-in-rotate");
        var first = await person.SignInAsync();
        var second = await Tokens.OfAsync(await person.RefreshAsync(first.Refresh));
        Assert.Equal(first.Session, second.Session);
        Assert.NotEqual(first.Refresh, second.Refresh);
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(second.Access, HttpMethod.Get, "/api/auth/session")).StatusCode);

        await (await person.RefreshAsync(first.Refresh)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.Unauthenticated);
        await (await person.RefreshAsync(second.Refresh)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.Unauthenticated);
        await EndedAsync(second);
        await EndedAsync(first);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_wherever_its_tokens_are()
    {
        var person = await Person.EnrolledAsync(grid, "out@sessions.example", "sign-in-out");
        var tokens = await person.SignInAsync();
        var other = await person.SignInAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await _client.SendAsync(tokens.Access, HttpMethod.Post, "/api/auth/logout")).StatusCode);
        await EndedAsync(tokens);
        await (await person.RefreshAsync(tokens.Refresh)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.Unauthenticated);
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(other.Access, HttpMethod.Get, "/api/auth/session")).StatusCode);
    }

    [Fact]
    public async Task Sessions_are_listed_and_ended_by_their_owner_and_by_the_tenants_officers_and_by_nobody_else()
    {
        var person = await Person.EnrolledAsync(grid, "list@sessions.example", "sign-in-list");
        var (one, two) = (await person.SignInAsync(), await person.SignInAsync());
        var path = $"/api/auth/users/{person.Account}/sessions";
        Assert.Equal(new[] { one.Session, two.Session }.Order(), (await IdsAsync(one.Access, path)).Order());

        var colleague = await grid.Api.TokenAsync("sign-in-list", ["Supervisor"]);
        await (await _client.SendAsync(colleague, HttpMethod.Get, path)).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
        await (await _client.SendAsync(colleague, HttpMethod.Delete, $"{path}/{two.Session}")).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
        var stranger = await grid.Api.TokenAsync("sign-in-elsewhere", ["SecurityOfficer"]);
        Assert.Empty(await IdsAsync(stranger, path));
        await (await _client.SendAsync(stranger, HttpMethod.Delete, $"{path}/{two.Session}")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(two.Access, HttpMethod.Get, "/api/auth/session")).StatusCode);

        var officer = await grid.Api.TokenAsync("sign-in-list", ["SecurityOfficer"]);
        Assert.Equal(HttpStatusCode.NoContent, (await _client.SendAsync(officer, HttpMethod.Delete, $"{path}/{two.Session}")).StatusCode);
        await EndedAsync(two);
        Assert.Equal([one.Session], await IdsAsync(one.Access, path));
    }

    [Fact]
    public async Task A_fourth_session_ends_the_oldest()
    {
        var person = await Person.EnrolledAsync(grid, "four@sessions.example", "sign-in-four");
        var oldest = await person.SignInAsync();
        for (var i = 0; i < 2; i++) await person.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(oldest.Access, HttpMethod.Get, "/api/auth/session")).StatusCode);
        await person.SignInAsync();
        await EndedAsync(oldest);
    }

    [Fact]
    public async Task Three_wrong_tries_lock_a_name_whether_somebody_has_it_or_not_and_nothing_tells_which()
    {
        var person = await Person.EnrolledAsync(grid, "locked@names.example", "sign-in-lock");
        await person.SignInAsync(); // a sign-in that was begun and left is a try that failed
        var nobody = new Person(_client, "nobody@names.example", Guid.Empty);
        foreach (var who in new[] { person, nobody })
        {
            using var stranger = new HttpClient { BaseAddress = _client.BaseAddress };
            List<string> answers = [];
            for (var i = 0; i < 4; i++)
            {
                var answer = await stranger.PostAsJsonAsync("/api/auth/login", new { email = who.Email, password = "wrong horse wrong battery" }, TestContext.Current.CancellationToken);
                answers.Add($"{(int)answer.StatusCode} {(await answer.JsonAsync()).GetProperty("code").GetString()}");
            }

            Assert.Equal(["401 GRID-1022", "401 GRID-1022", "429 GRID-1014", "429 GRID-1014"], answers);
            var right = await stranger.PostAsJsonAsync("/api/auth/login", new { email = who.Email, password = Person.Password }, TestContext.Current.CancellationToken);
            await right.RefusedAsync(HttpStatusCode.TooManyRequests, GridError.TooManyRequests);
            Assert.InRange(right.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(30));
        }

        Assert.Equal(1, await CountAsync("sign-in-lock", "ACCOUNT_LOCKED"));
        Assert.True(await CountAsync("sign-in-lock", "LOGIN_FAILED") >= 2);
    }

    [Fact]
    public async Task Two_hundred_parallel_guesses_are_three_tries()
    {
        var person = await Person.EnrolledAsync(grid, "guess@names.example", "sign-in-guess");
        using var stranger = new HttpClient { BaseAddress = _client.BaseAddress };
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            stranger.PostAsJsonAsync("/api/auth/login", new { email = person.Email, password = $"guess number {i:0000}" }, TestContext.Current.CancellationToken)));
        Assert.InRange(answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized), 0, 3);
        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests }));
    }

    [Fact]
    public async Task Whoever_administers_or_guards_cannot_use_an_app()
    {
        var (person, secret) = await Person.InvitedAsync(grid, "admin@roles.example", "sign-in-admin", "TenantAdmin");
        await person.SetPasswordAsync(secret, Person.Password);
        var login = await (await person.LoginAsync()).JsonAsync();
        Assert.Equal(["passkey"], login.GetProperty("enroll").EnumerateArray().Select(method => method.GetString()!));
        var refused = await _client.PostAsJsonAsync("/api/auth/mfa/enroll", new { temp_token = login.GetProperty("temp_token").GetString() }, TestContext.Current.CancellationToken);
        await refused.RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
    }

    [Fact]
    public async Task A_new_password_ends_all_sessions_and_an_old_one_does_not_come_again()
    {
        var person = await Person.EnrolledAsync(grid, "reset@passwords.example", "sign-in-reset");
        var tokens = await person.SignInAsync();
        var (_, secret) = await Person.InvitedAsync(grid, person.Email, "sign-in-reset");
        await (await person.SetPasswordAsync(secret, Person.Password)).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        Assert.Equal(HttpStatusCode.NoContent, (await person.SetPasswordAsync(secret, "purple tractor hums at dusk")).StatusCode);
        await EndedAsync(tokens);
        await (await person.LoginAsync(Person.Password)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        await person.SignInAsync();
    }

    [Fact]
    public async Task A_person_of_two_tenants_chooses_one_and_a_token_is_for_that_one()
    {
        var person = await Person.EnrolledAsync(grid, "both@tenants.example", "sign-in-one");
        await Person.InvitedAsync(grid, person.Email, "sign-in-two", "Adjudicator");
        var begun = await person.BeginAsync();
        await (await person.ChallengeAsync(begun, person.RecoveryCodes[0], "recovery_code")).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        await (await person.ChallengeAsync(begun, person.RecoveryCodes[0], "recovery_code", "sign-in-three")).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        var tokens = await person.SignInAsync("sign-in-two");
        Assert.Equal("sign-in-two", tokens.Claims.GetProperty("tenant").GetString());
        Assert.Equal("Adjudicator", tokens.Claims.GetProperty("roles").GetString());
        Assert.Equal("sign-in-two", (await Tokens.OfAsync(await person.RefreshAsync(tokens.Refresh))).Claims.GetProperty("tenant").GetString());
    }

    [Fact]
    public async Task Each_step_is_on_record()
    {
        var person = await Person.EnrolledAsync(grid, "record@audit.example", "sign-in-record");
        var tokens = await person.SignInAsync();
        await person.ChallengeAsync(await person.BeginAsync(), "000000");
        await _client.SendAsync(tokens.Access, HttpMethod.Post, "/api/auth/logout");
        Assert.Equal(1, await CountAsync("sign-in-record", "USER_CREATED"));
        Assert.Equal(1, await CountAsync("sign-in-record", "PASSWORD_RESET"));
        Assert.Equal(1, await CountAsync("sign-in-record", "MFA_ENROLLED"));
        Assert.Equal(1, await CountAsync("sign-in-record", "LOGIN_FAILED"));
        Assert.True(await CountAsync("sign-in-record", "LOGIN") >= 3);
        Assert.True(await CountAsync("sign-in-record", "LOGOUT") >= 1);
    }

    [Theory]
    [InlineData("grant_type=password&username=a&password=b&client_id=compliance-grid", "unsupported_grant_type")]
    [InlineData("grant_type=refresh_token&refresh_token=made-up&client_id=compliance-grid", "invalid_grant")]
    [InlineData("grant_type=client_credentials&client_id=compliance-grid", "invalid_request")]
    [InlineData("grant_type=client_credentials&client_id=nobody&client_secret=x", "invalid_client")]
    [InlineData("", "invalid_request")]
    public async Task The_token_endpoint_refuses_what_the_standard_says(string form, string error)
    {
        using var body = new StringContent(form, System.Text.Encoding.ASCII, "application/x-www-form-urlencoded");
        var answer = await _client.PostAsync("/connect/token", body, TestContext.Current.CancellationToken);
        Assert.Equal(error, (await answer.JsonAsync()).GetProperty("error").GetString());
        Assert.False(answer.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("[]"), InlineData("{"), InlineData("{\"temp_token\":1}"), InlineData("{\"temp_token\":\"x\",\"temp_token\":\"y\"}"), InlineData("")]
    public async Task What_is_no_request_is_refused_as_such(string json)
    {
        using var body = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        await (await _client.PostAsync("/api/auth/mfa-challenge", body, TestContext.Current.CancellationToken)).RefusedAsync(HttpStatusCode.BadRequest, GridError.Malformed);
    }

    [Fact]
    public async Task The_published_keys_verify_a_token_and_hold_no_secret()
    {
        var person = await Person.EnrolledAsync(grid, "keys@tokens.example", "sign-in-keys");
        var tokens = await person.SignInAsync();
        var discovery = await _client.GetFromJsonAsync<System.Text.Json.JsonElement>("/.well-known/openid-configuration", TestContext.Current.CancellationToken);
        Assert.EndsWith("/connect/token", discovery.GetProperty("token_endpoint").GetString());
        var keys = await _client.GetStringAsync("/.well-known/jwks.json", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("\"d\"", keys);
        var checkedToken = await new Microsoft.IdentityModel.JsonWebTokens.JsonWebTokenHandler().ValidateTokenAsync(tokens.Access, new()
        {
            IssuerSigningKeys = new Microsoft.IdentityModel.Tokens.JsonWebKeySet(keys).Keys,
            ValidIssuer = discovery.GetProperty("issuer").GetString(),
            ValidAudience = "compliance-grid",
            ValidTypes = ["at+jwt"],
        });
        Assert.True(checkedToken.IsValid, checkedToken.Exception?.Message);
    }

    /// <summary>Within a second every front door refuses it.</summary>
    private async Task EndedAsync(Tokens tokens) => await Eventually.TrueAsync(
        async () => (await _client.SendAsync(tokens.Access, HttpMethod.Get, "/api/auth/session")).StatusCode == HttpStatusCode.Unauthorized,
        "the session's tokens are refused", TestContext.Current.CancellationToken);

    private async Task<Guid[]> IdsAsync(string token, string path) =>
        [.. (await (await _client.SendAsync(token, HttpMethod.Get, path)).JsonAsync()).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid())];

    private Task<int> CountAsync(string tenant, string action) => grid.Api.CountAsync(tenant, action);
}
