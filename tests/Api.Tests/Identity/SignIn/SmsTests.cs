extern alias sandbox;

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Identity.Pages;
using ComplianceGrid.TestKit;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace ComplianceGrid.Api.Tests.Identity.SignIn;

/// <summary>Codes by SMS, where an installation sends them: to the sandbox's inbox, where the person of the test reads them.</summary>
[Collection(ApiCollection.Name)]
public sealed class SmsTests(RealGridFixture grid) : IClassFixture<RealGridFixture>, IAsyncLifetime
{
    private const string Number = "+12025550123";
    private WebApplication _inbox = null!;
    private static int _numbers;
    private HttpClient _messages = null!;
    private ApiHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var address = $"http://127.0.0.1:{FreePorts.One()}";
        _inbox = sandbox::ComplianceGrid.VendorSandbox.SandboxHost.Create(["--urls", address, "--Checkr:ApiKey", "key-of-the-test", "--Checkr:AccountId", "acct", "--Checkr:WebhookBaseUrl", "http://127.0.0.1:1"],
            builder => builder.Environment.EnvironmentName = "Development");
        await _inbox.StartAsync(Ct);
        _messages = new HttpClient { BaseAddress = new(address) };
        var settings = grid.Settings();
        settings["SecondFactors:Sms:Enabled"] = "true";
        settings["HttpClients:inbox:BaseAddress"] = address;
        _host = new(settings);
        await _host.HasKeysAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _messages.Dispose();
        await _inbox.DisposeAsync();
    }

    [Fact]
    public async Task A_telephone_is_enrolled_by_a_code_that_was_sent_to_it_and_signs_in_by_others()
    {
        const string Tenant = "sms-walk";
        var person = await InvitedAsync("walk@sms.example", Tenant);
        var login = await (await person.LoginAsync()).JsonAsync();
        Assert.Equal(["passkey", "totp", "sms"], Names(login, "enroll"));
        var begun = login.GetProperty("temp_token").GetString()!;
        foreach (var bad in new[] { "12025550123", "+0123456789", "somebody" })
            await (await PostAsync("mfa/telephone", new { temp_token = begun, number = bad })).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        await (await VerifyAsync(begun, "000000")).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid); // none was sent
        var offered = await OkAsync(await PostAsync("mfa/telephone", new { temp_token = begun, number = "+1 (202) 555-0123" }));
        Assert.Equal(("+•••••••••23", 300), (offered.GetProperty("telephone").GetString(), offered.GetProperty("expires_in").GetInt32()));
        var code = await CodeAsync();
        await (await VerifyAsync(begun, Other(code))).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        Assert.Equal(10, (await OkAsync(await VerifyAsync(begun, code))).GetProperty("recovery_codes").GetArrayLength());
        var first = await Tokens.OfAsync(await person.ChallengeAsync(begun));
        Assert.Equal(["pwd", "sms", "mfa"], Names(first.Claims, "amr"));

        login = await (await person.LoginAsync()).JsonAsync();
        Assert.Equal(["sms", "recovery_code"], Names(login, "methods"));
        Assert.Empty(Names(login, "enroll"));
        begun = login.GetProperty("temp_token").GetString()!;
        await (await PostAsync("mfa/telephone", new { temp_token = begun, number = "+12025550199" })).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden); // a password alone adds nothing
        await (await person.ChallengeAsync(begun, code, "sms")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials); // none was sent in this one
        Assert.Equal("+•••••••••23", (await OkAsync(await PostAsync("mfa/sms", new { temp_token = begun }))).GetProperty("telephone").GetString());
        var tokens = await Tokens.OfAsync(await person.ChallengeAsync(begun, await CodeAsync(), "sms"));
        Assert.Equal(["pwd", "sms", "mfa"], Names((await Tokens.OfAsync(await person.RefreshAsync(tokens.Refresh))).Claims, "amr"));

        Assert.DoesNotContain("5550123", (string)(await SqlAsync("SELECT number FROM identity.telephone WHERE account_id = $1", person.Account))!);
        Assert.Equal(1, await _host.CountAsync(Tenant, "MFA_ENROLLED", "SUCCESS"));
        var auditor = await _host.TokenAsync(Tenant, ["Auditor"]);
        Assert.DoesNotContain("5550123", await (await _host.Client.SendAsync(auditor, HttpMethod.Get, "/audit/logs?limit=200")).Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_code_is_good_in_its_own_sign_in_and_the_newest_one_alone()
    {
        var (person, number) = await EnrolledAsync("own@sms.example", "sms-own");
        var (one, two) = (await person.BeginAsync(), await person.BeginAsync());
        await OkAsync(await PostAsync("mfa/sms", new { temp_token = one }));
        var old = await CodeAsync(number);
        await (await person.ChallengeAsync(two, old, "sms")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        await OkAsync(await PostAsync("mfa/sms", new { temp_token = one }));
        var newest = await CodeAsync(number);
        if (old != newest) await (await person.ChallengeAsync(one, old, "sms")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        await (await person.ChallengeAsync(one, newest, "totp")).RefusedAsync(HttpStatusCode.TooManyRequests, GridError.TooManyRequests); // no code of an app, and the third failed try
    }

    [Fact]
    public async Task Guesses_at_once_share_no_try_and_the_lock_counts_them()
    {
        var (person, number) = await EnrolledAsync("flood@sms.example", "sms-flood");
        var begun = await person.BeginAsync();
        await OkAsync(await PostAsync("mfa/sms", new { temp_token = begun }));
        var code = await CodeAsync(number);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => person.ChallengeAsync(begun, Other(code), "sms")));
        Assert.InRange(answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized), 0, 2); // the third at the latest is told of the lock
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests, $"{answer.StatusCode}"));
        await (await person.ChallengeAsync(begun, code, "sms")).RefusedAsync(HttpStatusCode.TooManyRequests, GridError.TooManyRequests);
        Assert.Equal(1, await _host.CountAsync("sms-flood", "ACCOUNT_LOCKED"));
    }

    [Fact]
    public async Task Of_two_who_bring_the_same_code_at_once_one_gets_in()
    {
        var (person, number) = await EnrolledAsync("twice@sms.example", "sms-twice");
        var begun = await person.BeginAsync();
        await OkAsync(await PostAsync("mfa/sms", new { temp_token = begun }));
        var code = await CodeAsync(number);
        var answers = await Task.WhenAll(person.ChallengeAsync(begun, code, "sms"), person.ChallengeAsync(begun, code, "sms"));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Unauthorized], answers.Select(answer => answer.StatusCode).Order());
    }

    [Fact]
    public async Task In_an_hour_five_are_sent_for_an_account_in_whichever_sign_in()
    {
        var (person, number) = await EnrolledAsync("many@sms.example", "sms-many"); // by the first
        var begun = await person.BeginAsync();
        for (var n = 0; n < 4; n++) await OkAsync(await PostAsync("mfa/sms", new { temp_token = begun }));
        var code = await CodeAsync(number);
        foreach (var token in new[] { begun, await person.BeginAsync() })
        {
            var refused = await PostAsync("mfa/sms", new { temp_token = token });
            await refused.RefusedAsync(HttpStatusCode.TooManyRequests, GridError.TooManyRequests);
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 3_500, 3_600);
        }

        Assert.Equal(5, (await MessagesAsync(number)).Length);
        await Tokens.OfAsync(await person.ChallengeAsync(begun, code, "sms")); // the last one is good

        await SqlAsync("UPDATE identity.sms_window SET since = since - interval '1 hour' WHERE account_id = $1", person.Account);
        await OkAsync(await PostAsync("mfa/sms", new { temp_token = await person.BeginAsync() }));
    }

    [Fact]
    public async Task Where_a_passkey_is_demanded_or_no_codes_are_sent_it_is_neither_offered_nor_taken()
    {
        const string Tenant = "sms-never";
        var officer = await InvitedAsync("officer@sms.example", Tenant, "SecurityOfficer");
        var login = await (await officer.LoginAsync()).JsonAsync();
        Assert.Equal(["passkey"], Names(login, "enroll"));
        await (await PostAsync("mfa/telephone", new { temp_token = login.GetProperty("temp_token").GetString(), number = Number })).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);

        var (person, number) = await EnrolledAsync("person@sms.example", Tenant);
        var elsewhere = new Person(grid.Api.Client, person.Email, person.Account); // an Api that sends none
        login = await (await elsewhere.LoginAsync()).JsonAsync();
        Assert.Equal(["recovery_code"], Names(login, "methods"));
        var begun = await person.BeginAsync();
        await OkAsync(await PostAsync("mfa/sms", new { temp_token = begun }));
        var code = await CodeAsync(number);
        var policy = (JsonObject)OperationText.Of("publishPolicy").Request!.DeepClone();
        policy["passkeysOnly"] = true;
        var published = await _host.Client.SendAsync(await _host.TokenAsync(Tenant, ["ComplianceManager"]), HttpMethod.Put, "/api/policies", policy, header: ("If-None-Match", "*"));
        Assert.True(published.IsSuccessStatusCode, await published.Content.ReadAsStringAsync(Ct));
        await (await person.ChallengeAsync(begun, code, "sms")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        await (await PostAsync("mfa/sms", new { temp_token = begun })).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
    }

    [Fact]
    public async Task A_code_that_went_to_a_number_to_be_enrolled_signs_nobody_in()
    {
        var person = await InvitedAsync("thief@sms.example", "sms-thief");
        var (early, mine) = (await person.BeginAsync(), await person.BeginAsync());
        await OkAsync(await PostAsync("mfa/telephone", new { temp_token = early, number = "+12025550666" }));
        var stolen = await CodeAsync("+12025550666");
        await OkAsync(await PostAsync("mfa/telephone", new { temp_token = mine, number = "+12025550777" }));
        await OkAsync(await VerifyAsync(mine, await CodeAsync("+12025550777")));
        await Tokens.OfAsync(await person.ChallengeAsync(mine));
        await (await VerifyAsync(early, stolen)).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
        await (await person.ChallengeAsync(early, stolen, "sms")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
    }

    [Fact]
    public async Task The_pages_enroll_a_telephone_and_sign_in_by_it_without_script()
    {
        var person = await InvitedAsync("pages@sms.example", "sms-pages");
        using var browser = new Browser(_host.Client.BaseAddress!);
        var page = await BeginAsync();
        Assert.Contains("Or a telephone", page.Html);
        var wrong = await browser.PostAsync("/sign-in/telephone", [.. page.HiddenOf("/sign-in/telephone"), ("number", "555-0142")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Accessibility.Check(wrong);
        Assert.Contains("href=\"#number\"", wrong.Html);
        page = await browser.FollowAsync(await browser.PostAsync("/sign-in/telephone", [.. wrong.HiddenOf("/sign-in/telephone"), ("number", "+1 202 555 0142")]));
        Accessibility.Check(page);
        Assert.True(page.Html.Contains("42.</p>", StringComparison.Ordinal), page.Html);
        var code = await CodeAsync("+12025550142");
        wrong = await browser.PostAsync("/sign-in/telephone/code", [.. page.HiddenOf("/sign-in/telephone/code"), ("sms_code", Other(code))]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains("href=\"#sms_code\"", wrong.Html);
        var codes = await browser.PostAsync("/sign-in/telephone/code", [.. wrong.HiddenOf("/sign-in/telephone/code"), ("sms_code", code)]);
        Accessibility.Check(codes);
        Assert.Equal(10, Regex.Count(codes.Html, "<li>"));
        Assert.Contains("You are signed in to sms-pages", (await browser.FollowAsync(await browser.SubmitAsync(codes))).Html);

        page = await BeginAsync();
        Assert.Equal("/sign-in/sms", page.Action);
        Assert.DoesNotContain("The code that was sent", page.Html); // none was
        page = await browser.FollowAsync(await browser.SubmitAsync(page));
        Accessibility.Check(page);
        Assert.True(page.Html.Contains("42.</p>", StringComparison.Ordinal), page.Html);
        var done = await browser.FollowAsync(await browser.PostAsync("/sign-in/factor", [.. page.HiddenOf("/sign-in/factor"), ("method", "sms"), ("code", await CodeAsync("+12025550142"))]));
        Assert.Contains("You are signed in to sms-pages", done.Html);

        async Task<Page> BeginAsync()
        {
            var answer = await browser.FollowAsync(await browser.SubmitAsync(await browser.GetAsync("/sign-in"), ("email", person.Email), ("password", Person.Password)));
            Accessibility.Check(answer);
            return answer;
        }
    }

    private async Task<Person> InvitedAsync(string email, string tenant, string roles = "Supervisor")
    {
        var (invited, secret) = await Person.InvitedAsync(grid, email, tenant, roles);
        Assert.Equal(HttpStatusCode.NoContent, (await invited.SetPasswordAsync(secret, Person.Password)).StatusCode);
        return new(_host.Client, email, invited.Account);
    }

    /// <summary>Has a telephone of their own, and has signed in once.</summary>
    private async Task<(Person Person, string Number)> EnrolledAsync(string email, string tenant)
    {
        var person = await InvitedAsync(email, tenant);
        var number = $"+1303555{Interlocked.Increment(ref _numbers):0000}";
        var begun = await person.BeginAsync();
        await OkAsync(await PostAsync("mfa/telephone", new { temp_token = begun, number }));
        await OkAsync(await VerifyAsync(begun, await CodeAsync(number)));
        await Tokens.OfAsync(await person.ChallengeAsync(begun));
        return (person, number);
    }

    private Task<HttpResponseMessage> PostAsync(string path, object body) => _host.Client.PostAsJsonAsync($"/api/auth/{path}", body, Ct);

    private Task<HttpResponseMessage> VerifyAsync(string begun, string code) => PostAsync("mfa/verify", new { temp_token = begun, code, method = "sms" });

    /// <summary>The newest that was sent there.</summary>
    private async Task<string> CodeAsync(string number = Number) => Regex.Match((await MessagesAsync(number))[0].GetProperty("text").GetString()!, "^([0-9]{6}) is your code").Groups[1].Value;

    private async Task<JsonElement[]> MessagesAsync(string number) => (await _messages.GetFromJsonAsync<JsonElement[]>($"/inbox/messages?to={Uri.EscapeDataString(number)}", Ct))!;

    private async Task<object?> SqlAsync(string sql, Guid account)
    {
        await using var database = NpgsqlDataSource.Create(grid.Settings()["ConnectionStrings:Grid"]!);
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = account });
        return await command.ExecuteScalarAsync(Ct);
    }

    private static string Other(string code) => code[..5] + (code[5] == '0' ? '1' : '0');

    private static string[] Names(JsonElement json, string member) => [.. json.GetProperty(member).EnumerateArray().Select(name => name.GetString()!)];

    private static async Task<JsonElement> OkAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Ct));
        return await answer.JsonAsync();
    }
}
