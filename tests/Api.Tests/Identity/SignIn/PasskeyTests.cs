using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.TestKit.People;

namespace ComplianceGrid.Api.Tests.Identity.SignIn;

/// <summary>Passkeys, by a key of our own on the other side: what enrolls and signs in, and every lie that must not.</summary>
[Collection(ApiCollection.Name)]
public sealed class PasskeyTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    // Of the issuer, http://127.0.0.1:5080, as a browser can have passkeys for it.
    private const string Origin = "http://localhost:5080";

    private readonly HttpClient _client = grid.Api.Client;

    [Fact]
    public async Task An_administrator_enrolls_a_passkey_in_the_first_sign_in_and_signs_in_by_it_again()
    {
        var person = await InvitedAsync("first@passkeys.example", "passkey-walk");
        using var key = new SoftwareAuthenticator(Origin);
        var begun = await person.BeginAsync();
        var options = await person.OptionsAsync(begun, "create");
        Assert.Equal("localhost", options.GetProperty("rp").GetProperty("id").GetString());
        Assert.Equal("none", options.GetProperty("attestation").GetString());
        Assert.Equal("required", options.GetProperty("authenticatorSelection").GetProperty("userVerification").GetString());
        Assert.Equal(300_000, options.GetProperty("timeout").GetInt32());
        await AddedAsync(await person.AddPasskeyAsync(begun, key.Create(options)));
        var first = await Tokens.OfAsync(await person.ChallengeAsync(begun));
        Assert.Equal(["pwd", "hwk", "mfa"], MethodsOf(first));
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(first.Access, HttpMethod.Get, "/api/employees?limit=1")).StatusCode);

        var login = await (await person.LoginAsync()).JsonAsync();
        Assert.Equal(["passkey"], login.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!));
        Assert.Equal(0, login.GetProperty("enroll").GetArrayLength());
        var again = login.GetProperty("temp_token").GetString()!;
        await (await person.ChallengeAsync(again)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials); // enrolled once is not proved now
        var request = await person.OptionsAsync(again, "get");
        Assert.Equal("localhost", request.GetProperty("rpId").GetString());
        Assert.Equal("required", request.GetProperty("userVerification").GetString());
        var second = await Tokens.OfAsync(await person.AssertAsync(again, key.Get(request)));
        Assert.Equal(["pwd", "hwk", "mfa"], MethodsOf(second));
        Assert.NotEqual(first.Session, second.Session);
        Assert.Equal(["pwd", "hwk", "mfa"], MethodsOf(await Tokens.OfAsync(await person.RefreshAsync(second.Refresh))));
        await (await person.AssertAsync(again, key.Get(request))).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials); // taken
    }

    [Theory]
    [InlineData("replayed"), InlineData("another origin"), InlineData("another port"), InlineData("in another site's frame"), InlineData("another relying party")]
    [InlineData("nobody there"), InlineData("nobody verified"), InlineData("a copy's counter"), InlineData("a counter that stood still"), InlineData("no counter any more")]
    [InlineData("another account's passkey"), InlineData("another key under its id"), InlineData("another user handle"), InlineData("another sign-in's challenge")]
    [InlineData("another ceremony"), InlineData("no credential")]
    public async Task An_assertion_that_lies_is_refused_and_counted_as_a_failed_try(string lie)
    {
        var tenant = $"passkey-lie-{lie.Replace(' ', '-').Replace("'", "")}";
        var (person, key) = await EnrolledAsync($"{tenant}@passkeys.example", tenant);
        var (other, otherKey) = lie.StartsWith("another account") ? await EnrolledAsync($"{tenant}@others.example", tenant) : (person, new SoftwareAuthenticator(Origin));
        using var mine = key;
        using var theirs = otherKey;
        var before = await person.BeginAsync();
        var replay = key.Get(await person.OptionsAsync(before, "get"));
        await Tokens.OfAsync(await person.AssertAsync(before, replay));
        // Held open beside the one that is lied in; it counts as a try of its own until it succeeds, so the third is locked one sooner.
        var elsewhere = lie == "another sign-in's challenge" ? await person.OptionsAsync(await person.BeginAsync(), "get") : default;

        var begun = await person.BeginAsync();
        List<string> answers = [];
        for (var i = 0; i < 3; i++)
        {
            var options = await person.OptionsAsync(begun, "get");
            var answer = await person.AssertAsync(begun, lie switch
            {
                "replayed" => replay,
                "another origin" => key.Get(options, new() { Origin = "http://localhost.evil.example:5080" }),
                "another port" => key.Get(options, new() { Origin = "http://localhost:5081" }),
                "in another site's frame" => key.Get(options, new() { IsCrossOrigin = true }),
                "another relying party" => key.Get(options, new() { RpId = "evil.example" }),
                "nobody there" => key.Get(options, new() { IsUserAbsent = true }),
                "nobody verified" => key.Get(options, new() { IsUserUnverified = true }),
                "a copy's counter" => key.Get(options, new() { Counter = 1 }),
                "a counter that stood still" => key.Get(options, new() { Counter = 2 }),
                "no counter any more" => key.Get(options, new() { Counter = 0 }),
                "another account's passkey" => otherKey.Get(options),
                "another key under its id" => otherKey.Get(options, new() { CredentialId = key.CredentialId }),
                "another user handle" => key.Get(options, new() { UserHandle = "bm9ib2R5" }),
                "another sign-in's challenge" => key.Get(options, new() { Challenge = elsewhere.GetProperty("challenge").GetString() }),
                "another ceremony" => key.Get(options, new() { Type = "webauthn.create" }),
                "no credential" => JsonElement.Parse("{}"),
                _ => throw new ArgumentOutOfRangeException(nameof(lie)),
            });
            answers.Add($"{(int)answer.StatusCode} {(await answer.JsonAsync()).GetProperty("code").GetString()}");
        }

        string[] expected = ["401 GRID-1022", "401 GRID-1022", "429 GRID-1014"];
        if (elsewhere.ValueKind != JsonValueKind.Undefined) expected = ["401 GRID-1022", "429 GRID-1014", "429 GRID-1014"];
        Assert.Equal(expected, answers);
        await (await person.LoginAsync()).RefusedAsync(HttpStatusCode.TooManyRequests, GridError.TooManyRequests);
        if (other != person) await Tokens.OfAsync(await SignInAsync(other, otherKey)); // nobody else is the worse for it
    }

    [Fact]
    public async Task A_challenge_is_good_for_one_try()
    {
        var (person, key) = await EnrolledAsync("challenge@passkeys.example", "passkey-challenge");
        using var mine = key;
        var begun = await person.BeginAsync();
        var options = await person.OptionsAsync(begun, "get");
        await (await person.AssertAsync(begun, key.Get(options, new() { IsUserUnverified = true }))).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        await (await person.AssertAsync(begun, key.Get(options))).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        await Tokens.OfAsync(await person.AssertAsync(begun, key.Get(await person.OptionsAsync(begun, "get"))));
    }

    [Fact]
    public async Task Options_that_are_asked_for_again_void_those_before()
    {
        var (person, key) = await EnrolledAsync("again@passkeys.example", "passkey-again");
        using var mine = key;
        var begun = await person.BeginAsync();
        var old = await person.OptionsAsync(begun, "get");
        await person.OptionsAsync(begun, "get");
        await (await person.AssertAsync(begun, key.Get(old))).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
    }

    [Fact]
    public async Task Of_a_key_and_its_copy_that_come_at_once_one_gets_in()
    {
        var (person, key) = await EnrolledAsync("copy@passkeys.example", "passkey-copy");
        using var mine = key;
        for (var round = 0; round < 3; round++)
        {
            var (first, second) = (await person.BeginAsync(), await person.BeginAsync());
            var one = key.Get(await person.OptionsAsync(first, "get"));
            key.Counter--;
            var copy = key.Get(await person.OptionsAsync(second, "get"));
            var answers = await Task.WhenAll(person.AssertAsync(first, one), person.AssertAsync(second, copy));
            Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Unauthorized], answers.Select(answer => answer.StatusCode).Order());
            await Tokens.OfAsync(await SignInAsync(person, key)); // and the owner is not locked out by it
        }
    }

    [Fact]
    public async Task A_passkey_that_counts_nothing_signs_in_again_and_again()
    {
        var (person, key) = await EnrolledAsync("shared@passkeys.example", "passkey-shared", counter: 0);
        using var mine = key;
        for (var i = 0; i < 2; i++)
        {
            key.Counter = uint.MaxValue; // it adds one: 0 each time, as those do that several devices share
            await Tokens.OfAsync(await SignInAsync(person, key));
        }

        key.Counter = 4;
        await Tokens.OfAsync(await SignInAsync(person, key));
    }

    [Theory]
    [InlineData("another origin"), InlineData("in another site's frame"), InlineData("another relying party"), InlineData("nobody there"), InlineData("nobody verified")]
    [InlineData("another sign-in's challenge"), InlineData("another ceremony"), InlineData("somebody's passkey"), InlineData("no credential")]
    public async Task A_new_passkey_that_lies_is_refused_and_the_sign_in_stays_a_failed_try(string lie)
    {
        var tenant = $"passkey-new-{lie.Replace(' ', '-').Replace("'", "")}";
        var (_, theirs) = lie == "somebody's passkey" ? await EnrolledAsync($"{tenant}@others.example", tenant) : default;
        var person = await InvitedAsync($"{tenant}@passkeys.example", tenant);
        using var key = new SoftwareAuthenticator(Origin);
        JsonElement last = default;
        for (var i = 0; i < 3; i++)
        {
            var login = await (await person.LoginAsync()).JsonAsync();
            Assert.Equal(["passkey"], login.GetProperty("enroll").EnumerateArray().Select(method => method.GetString()!)); // nothing was kept
            var begun = login.GetProperty("temp_token").GetString()!;
            var options = await person.OptionsAsync(begun, "create");
            if (lie == "another sign-in's challenge" && i == 0)
            {
                last = options;
                continue;
            }

            var credential = lie switch
            {
                "another origin" => key.Create(options, new() { Origin = "https://evil.example" }),
                "in another site's frame" => key.Create(options, new() { IsCrossOrigin = true }),
                "another relying party" => key.Create(options, new() { RpId = "evil.example" }),
                "nobody there" => key.Create(options, new() { IsUserAbsent = true }),
                "nobody verified" => key.Create(options, new() { IsUserUnverified = true }),
                "another sign-in's challenge" => key.Create(last),
                "another ceremony" => key.Create(options, new() { Type = "webauthn.get" }),
                "somebody's passkey" => key.Create(options, new() { CredentialId = theirs!.CredentialId }),
                "no credential" => JsonElement.Parse("null"),
                _ => throw new ArgumentOutOfRangeException(nameof(lie)),
            };
            await (await person.AddPasskeyAsync(begun, credential)).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
            await (await person.AddPasskeyAsync(begun, key.Create(options))).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid); // its challenge is spent
        }

        await (await person.LoginAsync()).RefusedAsync(HttpStatusCode.TooManyRequests, GridError.TooManyRequests);
        theirs?.Dispose();
    }

    [Theory]
    [InlineData("{\"temp_token\":\"x\"}"), InlineData("{\"credential\":{}}"), InlineData("{\"temp_token\":1,\"credential\":{}}"), InlineData("[]")]
    public async Task What_is_no_request_is_refused_as_such(string json)
    {
        using var body = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        await (await _client.PostAsync("/api/auth/passkeys", body, TestContext.Current.CancellationToken)).RefusedAsync(HttpStatusCode.BadRequest, GridError.Malformed);
    }

    [Fact]
    public async Task A_second_passkey_is_not_enrolled_by_a_password_alone()
    {
        var person = await InvitedAsync("second@passkeys.example", "passkey-second");
        using var key = new SoftwareAuthenticator(Origin);
        using var thief = new SoftwareAuthenticator(Origin);
        var (begun, early) = (await person.BeginAsync(), await person.BeginAsync());
        var stolen = thief.Create(await person.OptionsAsync(early, "create")); // begun before the first was there
        Assert.Equal(HttpStatusCode.OK, (await person.AddPasskeyAsync(begun, key.Create(await person.OptionsAsync(begun, "create")))).StatusCode);
        await (await person.AddPasskeyAsync(early, stolen)).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
        await Tokens.OfAsync(await person.ChallengeAsync(begun));

        var late = await person.BeginAsync();
        var options = await person.OptionsAsync(late, "get"); // none to create by
        await (await person.AddPasskeyAsync(late, stolen)).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
        var enroll = await _client.PostAsJsonAsync("/api/auth/mfa/enroll", new { temp_token = late }, TestContext.Current.CancellationToken);
        await enroll.RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
        await (await person.AssertAsync(late, thief.Get(options))).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
    }

    [Fact]
    public async Task Of_two_first_passkeys_at_once_one_is_enrolled()
    {
        for (var round = 0; round < 4; round++)
        {
            var person = await InvitedAsync($"race-{round}@passkeys.example", "passkey-race");
            using var one = new SoftwareAuthenticator(Origin);
            using var other = new SoftwareAuthenticator(Origin);
            var (first, second) = (await person.BeginAsync(), await person.BeginAsync());
            var (mine, theirs) = (one.Create(await person.OptionsAsync(first, "create")), other.Create(await person.OptionsAsync(second, "create")));
            var answers = await Task.WhenAll(person.AddPasskeyAsync(first, mine), person.AddPasskeyAsync(second, theirs));
            Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
            Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.UnprocessableEntity);
            await Tokens.OfAsync(await person.ChallengeAsync(answers[0].IsSuccessStatusCode ? first : second));
            var options = await person.OptionsAsync(await person.BeginAsync(), "get");
            Assert.Equal(1, options.GetProperty("allowCredentials").GetArrayLength());
        }
    }

    [Fact]
    public async Task Of_an_app_and_a_passkey_at_once_one_is_enrolled()
    {
        for (var round = 0; round < 4; round++)
        {
            var person = await InvitedAsync($"app-or-key-{round}@passkeys.example", "passkey-or-app", "Supervisor");
            using var key = new SoftwareAuthenticator(Origin);
            var (first, second) = (await person.BeginAsync(), await person.BeginAsync());
            var offered = await _client.PostAsJsonAsync("/api/auth/mfa/enroll", new { temp_token = first }, TestContext.Current.CancellationToken);
            person.UseApp((await offered.JsonAsync()).GetProperty("secret").GetString()!);
            var mine = key.Create(await person.OptionsAsync(second, "create"));
            var answers = await Task.WhenAll(
                _client.PostAsJsonAsync("/api/auth/mfa/verify", new { temp_token = first, code = person.Code(0) }, TestContext.Current.CancellationToken), person.AddPasskeyAsync(second, mine));
            Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
            Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.UnprocessableEntity);
            await Tokens.OfAsync(await person.ChallengeAsync(answers[0].IsSuccessStatusCode ? first : second));
            var login = await (await person.LoginAsync()).JsonAsync();
            Assert.Equal([answers[0].IsSuccessStatusCode ? "totp" : "passkey", "recovery_code"], login.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!));
        }
    }

    [Fact]
    public async Task Whoever_is_given_a_privileged_role_cannot_use_the_app_or_its_recovery_codes_any_more()
    {
        var person = await Person.EnrolledAsync(grid, "raised@passkeys.example", "passkey-raised");
        await person.SignInAsync();
        await Person.InvitedAsync(grid, person.Email, "passkey-raised", "TenantAdmin");
        var login = await (await person.LoginAsync()).JsonAsync();
        Assert.Equal(0, login.GetProperty("methods").GetArrayLength());
        Assert.Equal(0, login.GetProperty("enroll").GetArrayLength()); // a password alone gets no passkey either
        var begun = login.GetProperty("temp_token").GetString()!;
        await (await person.ChallengeAsync(begun, person.Code(1))).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        await (await person.ChallengeAsync(begun, person.RecoveryCodes[0], "recovery_code")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        var options = await _client.PostAsJsonAsync("/api/auth/passkeys/options", new { temp_token = begun }, TestContext.Current.CancellationToken);
        await options.RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
    }

    [Fact]
    public async Task An_app_that_was_enrolled_in_the_sign_in_itself_opens_no_privileged_tenant()
    {
        var (person, secret) = await Person.InvitedAsync(grid, "midst@passkeys.example", "passkey-midst");
        await person.SetPasswordAsync(secret, Person.Password);
        var begun = await person.BeginAsync();
        await person.EnrollAsync(begun);
        await Person.InvitedAsync(grid, person.Email, "passkey-midst", "TenantAdmin");
        await (await person.ChallengeAsync(begun)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
    }

    [Fact]
    public async Task The_other_roles_may_sign_in_by_a_passkey_or_by_a_recovery_code_that_came_with_it()
    {
        var (person, key) = await EnrolledAsync("either@passkeys.example", "passkey-either", "Supervisor");
        using var mine = key;
        Assert.Equal(["pwd", "hwk", "mfa"], MethodsOf(await Tokens.OfAsync(await SignInAsync(person, key))));
        var login = await (await person.LoginAsync()).JsonAsync();
        Assert.Equal(["passkey", "recovery_code"], login.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!));
    }

    private async Task<Person> InvitedAsync(string email, string tenant, string roles = "TenantAdmin")
    {
        var (person, secret) = await Person.InvitedAsync(grid, email, tenant, roles);
        Assert.Equal(HttpStatusCode.NoContent, (await person.SetPasswordAsync(secret, Person.Password)).StatusCode);
        return person;
    }

    /// <summary>Has enrolled and signed in once.</summary>
    /// <param name="counter">Where the key's stands then.</param>
    private async Task<(Person Person, SoftwareAuthenticator Key)> EnrolledAsync(string email, string tenant, string roles = "TenantAdmin", uint counter = 1)
    {
        var person = await InvitedAsync(email, tenant, roles);
        var key = new SoftwareAuthenticator(Origin) { Counter = counter };
        var begun = await person.BeginAsync();
        await AddedAsync(await person.AddPasskeyAsync(begun, key.Create(await person.OptionsAsync(begun, "create"))));
        await Tokens.OfAsync(await person.ChallengeAsync(begun));
        return (person, key);
    }

    private static async Task AddedAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        Assert.Equal(10, (await answer.JsonAsync()).GetProperty("recovery_codes").GetArrayLength());
    }

    private static async Task<HttpResponseMessage> SignInAsync(Person person, SoftwareAuthenticator key)
    {
        var begun = await person.BeginAsync();
        return await person.AssertAsync(begun, key.Get(await person.OptionsAsync(begun, "get")));
    }

    private static string[] MethodsOf(Tokens tokens) => [.. tokens.Claims.GetProperty("amr").EnumerateArray().Select(method => method.GetString()!)];
}
