using System.Net;
using System.Text.Json;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Identity.SignIn;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Api.Tests.Identity.Pages;

/// <summary>A browser is sent by a client, signs in, and brings back a code (RFC 6749 §4.1 with RFC 7636).</summary>
[Collection(ApiCollection.Name)]
public sealed class CodeFlowTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private readonly HttpClient _client = grid.Api.Client;

    private Browser NewBrowser() => new(_client.BaseAddress!);

    [Fact]
    public async Task A_code_becomes_tokens_userinfo_new_tokens_and_an_end()
    {
        var app = await App.AddAsync(grid, "walk");
        var person = await Person.EnrolledAsync(grid, "walk@pages.example", "pages-walk");
        using var browser = NewBrowser();
        var back = await browser.SignInAsync(await browser.OpenAsync(app.Authorize()), person);
        Assert.StartsWith(App.Back + "?", back.Next);
        Assert.Equal("s t&a=te", back.Given("state"));
        Assert.Equal(Callers.Issuer + "/", back.Given("iss")); // RFC 9207

        var answer = await app.RedeemAsync(back.Given("code")!);
        var tokens = await Tokens.OfAsync(answer);
        var identity = (await answer.JsonAsync()).GetProperty("id_token").GetString()!;
        var said = JsonDocument.Parse(Base64(identity.Split('.')[1])).RootElement;
        Assert.Equal("n-1", said.GetProperty("nonce").GetString());
        Assert.Equal(tokens.Session, said.GetProperty("sid").GetGuid());
        Assert.Equal(["pwd", "otp", "mfa"], said.GetProperty("amr").EnumerateArray().Select(method => method.GetString()!));
        Assert.Equal("pages-walk", tokens.Claims.GetProperty("tenant").GetString());
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(tokens.Access, HttpMethod.Get, "/api/employees?limit=1")).StatusCode);

        var info = await (await _client.SendAsync(tokens.Access, HttpMethod.Get, "/connect/userinfo")).JsonAsync();
        Assert.Equal(person.Account, info.GetProperty("sub").GetGuid());
        Assert.Equal(person.Email, info.GetProperty("email").GetString());
        var renewed = await Tokens.OfAsync(await app.RefreshAsync(tokens.Refresh));
        Assert.Equal(tokens.Session, renewed.Session);

        var silent = await browser.GetAsync(app.Authorize(("prompt", "none")));
        Assert.NotNull(silent.Given("code")); // still known here
        var bye = await browser.GetAsync($"/connect/endsession?id_token_hint={identity}&post_logout_redirect_uri={Uri.EscapeDataString(App.After)}&state=z");
        Assert.Equal($"{App.After}?state=z", bye.Next);
        Assert.DoesNotContain("__Host-session", browser.Cookies.Keys);
        await EndedAsync(renewed);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.RefreshAsync(renewed.Refresh)).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await _client.SendAsync(renewed.Access, HttpMethod.Get, "/connect/userinfo")).StatusCode);
        Assert.Equal("login_required", (await browser.GetAsync(app.Authorize(("prompt", "none")))).Given("error"));
    }

    [Theory]
    [InlineData("redirect_uri", "https://app.example/back/"), InlineData("redirect_uri", "https://evil.example/back"), InlineData("redirect_uri", null), InlineData("client_id", "nobody")]
    public async Task A_client_or_an_address_that_is_not_registered_is_told_to_the_person_and_to_no_other_host(string parameter, string? value)
    {
        var app = await KnownAsync();
        using var browser = NewBrowser();
        var page = await browser.GetAsync(app.Authorize((parameter, value)));
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Null(page.Next);
        Assert.True(page.Html.Contains("role=\"alert\""), page.Html);
    }

    [Theory]
    [InlineData("code_challenge", null), InlineData("code_challenge_method", "plain"), InlineData("code_challenge_method", null)]
    [InlineData("response_type", "token"), InlineData("response_mode", "form_post"), InlineData("scope", "openid everything")]
    public async Task A_request_that_is_less_safe_than_the_code_flow_with_S256_gets_no_code(string parameter, string? value)
    {
        var app = await KnownAsync();
        var person = await Person.EnrolledAsync(grid, $"{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}@pages.example", "pages-strict");
        using var browser = NewBrowser();
        await browser.SignInAsync(await browser.GetAsync("/sign-in"), person);
        Assert.NotNull((await browser.GetAsync(app.Authorize())).Given("code")); // it is not the sign-in that lacks
        var page = await browser.GetAsync(app.Authorize((parameter, value)));
        Assert.Null(page.Given("code"));
        Assert.True(page.Given("error") is not null || page.Status == HttpStatusCode.BadRequest, $"{page.Status} {page.Next}");
        Assert.DoesNotContain("code=", page.Next ?? "");
    }

    [Fact]
    public async Task A_code_is_good_for_its_verifier_only()
    {
        var app = await KnownAsync();
        var person = await Person.EnrolledAsync(grid, "verifier@pages.example", "pages-verifier");
        using var browser = NewBrowser();
        var back = await browser.SignInAsync(await browser.OpenAsync(app.Authorize()), person);
        Assert.Equal("invalid_grant", await ErrorAsync(await app.RedeemAsync(back.Given("code")!, new string('x', 43))));
    }

    [Fact]
    public async Task A_code_that_comes_twice_revokes_the_family_and_ends_the_session()
    {
        var app = await KnownAsync();
        var person = await Person.EnrolledAsync(grid, "twice@pages.example", "pages-twice");
        using var browser = NewBrowser();
        var code = (await browser.SignInAsync(await browser.OpenAsync(app.Authorize()), person)).Given("code")!;
        var tokens = await Tokens.OfAsync(await app.RedeemAsync(code));
        Assert.Equal("invalid_grant", await ErrorAsync(await app.RedeemAsync(code)));
        Assert.Equal("invalid_grant", await ErrorAsync(await app.RefreshAsync(tokens.Refresh)));
        await EndedAsync(tokens);
        await SignedOutAsync(browser, app);
    }

    [Fact]
    public async Task A_session_that_is_ended_elsewhere_signs_the_browser_out()
    {
        var app = await KnownAsync();
        var person = await Person.EnrolledAsync(grid, "killed@pages.example", "pages-killed");
        using var browser = NewBrowser();
        var tokens = await Tokens.OfAsync(await app.RedeemAsync((await browser.SignInAsync(await browser.OpenAsync(app.Authorize()), person)).Given("code")!));
        var officer = await grid.Api.TokenAsync("pages-killed", ["SecurityOfficer"]);
        Assert.Equal(HttpStatusCode.NoContent, (await _client.SendAsync(officer, HttpMethod.Delete, $"/api/auth/users/{person.Account}/sessions/{tokens.Session}")).StatusCode);
        await SignedOutAsync(browser, app);
        await Eventually.TrueAsync(async () =>
        {
            await browser.GetAsync("/sign-out");
            return !browser.Cookies.ContainsKey("__Host-session");
        }, "the cookie is taken back", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_client_can_ask_for_a_new_sign_in()
    {
        var app = await KnownAsync();
        var person = await Person.EnrolledAsync(grid, "again@pages.example", "pages-again");
        using var browser = NewBrowser();
        var first = await Tokens.OfAsync(await app.RedeemAsync((await browser.SignInAsync(await browser.OpenAsync(app.Authorize()), person)).Given("code")!));
        foreach (var (name, value) in new[] { ("prompt", "login"), ("max_age", "0") })
        {
            var page = await browser.OpenAsync(app.Authorize((name, value)));
            Assert.Equal("/sign-in", page.Action);
            var next = await Tokens.OfAsync(await app.RedeemAsync((await browser.SignInAsync(page, person)).Given("code")!));
            Assert.NotEqual(first.Session, next.Session);
            await EndedAsync(first); // one browser, one session
            first = next;
        }
    }

    [Fact]
    public async Task Of_a_client_that_is_not_ours_the_person_is_asked_once()
    {
        var app = await App.AddAsync(grid, "others", "other");
        var person = await Person.EnrolledAsync(grid, "consent@pages.example", "pages-consent");
        using var browser = NewBrowser();
        var page = await browser.SignInAsync(await browser.OpenAsync(app.Authorize()), person);
        Assert.Equal("/connect/consent", page.Action);
        Assert.Contains("An &lt;App&gt; &amp; co", page.Html);
        Assert.Contains("href=\"/sign-out\"", page.Html);
        Assert.Equal("consent_required", (await browser.GetAsync(app.Authorize(("prompt", "none")))).Given("error"));
        Assert.Equal("access_denied", (await browser.GetAsync(app.Authorize(("consent", "denied")))).Given("error"));
        Assert.NotNull((await browser.FollowAsync(await browser.SubmitAsync(page))).Given("code"));
        Assert.NotNull((await browser.GetAsync(app.Authorize(("prompt", "none"), ("scope", "openid")))).Given("code"));
        var asked = await browser.GetAsync(app.Authorize(("prompt", "consent")));
        Assert.Equal("/connect/consent", asked.Action);
        Assert.NotNull((await browser.FollowAsync(await browser.SubmitAsync(asked))).Given("code"));
    }

    [Fact]
    public async Task Without_the_sessions_identity_token_the_person_decides_whether_to_be_signed_out()
    {
        var app = await KnownAsync();
        var person = await Person.EnrolledAsync(grid, "bye@pages.example", "pages-bye");
        using var browser = NewBrowser();
        await browser.SignInAsync(await browser.GetAsync("/sign-in"), person);
        var page = await browser.OpenAsync($"/connect/endsession?client_id=known&post_logout_redirect_uri={Uri.EscapeDataString(App.After)}");
        Assert.Equal("/sign-out", page.Action);
        Assert.NotNull((await browser.GetAsync(app.Authorize(("prompt", "none")))).Given("code"));
        Assert.StartsWith(App.After, (await browser.FollowAsync(await browser.SubmitAsync(page))).Next);
        Assert.Equal("login_required", (await browser.GetAsync(app.Authorize(("prompt", "none")))).Given("error"));
        var elsewhere = await browser.GetAsync("/connect/endsession?client_id=known&post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F");
        Assert.Equal(HttpStatusCode.BadRequest, elsewhere.Status);
    }

    [Fact]
    public async Task A_form_of_a_client_is_led_on_to_where_the_cookie_comes_along()
    {
        var app = await KnownAsync();
        using var browser = NewBrowser();
        var fields = app.Authorize().Split('?')[1].Split('&').Select(pair => pair.Split('=')).Select(pair => (pair[0], Uri.UnescapeDataString(pair[1]))).ToArray();
        var page = await browser.FollowAsync(await browser.PostAsync("/connect/authorize", fields));
        Assert.Equal("/sign-in", page.Action);
    }

    [Fact]
    public async Task Discovery_offers_the_code_flow_with_S256_and_nothing_weaker()
    {
        var said = JsonDocument.Parse(await _client.GetStringAsync("/.well-known/openid-configuration", TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal(["code"], Texts("response_types_supported"));
        Assert.Equal(["query"], Texts("response_modes_supported"));
        Assert.Equal(["S256"], Texts("code_challenge_methods_supported"));
        Assert.EndsWith("/connect/userinfo", said.GetProperty("userinfo_endpoint").GetString());
        Assert.EndsWith("/connect/endsession", said.GetProperty("end_session_endpoint").GetString());
        IEnumerable<string> Texts(string name) => said.GetProperty(name).EnumerateArray().Select(text => text.GetString()!);
    }

    [Theory]
    [InlineData("add"), InlineData("add --id x --name y"), InlineData("add --id x --name y --redirect http://app.example/back"), InlineData("add --id x --name y --redirect https://app.example/#here")]
    [InlineData("add --id x --name y --redirect https://app.example/ --trust much"), InlineData("remove --id x"), InlineData("add --id 8d3f4c1e-0f8e-4c55-9a51-1d2b3c4d5e6f --name y --redirect https://app.example/"), InlineData("add --id known --name y --redirect https://app.example/")]
    public async Task An_operator_cannot_register_what_would_not_be_safe(string line)
    {
        await KnownAsync();
        Assert.Equal(2, await App.AddAsync(grid, line.Split(' ')));
    }

    /// <summary>One client for the tests that need nothing special of it.</summary>
    private async Task<App> KnownAsync()
    {
        if (!(await _client.GetAsync(new App(_client, "known").Authorize(("prompt", "none")), TestContext.Current.CancellationToken)).Headers.Contains("Location")) await App.AddAsync(grid, "known");
        return new(_client, "known");
    }

    private static async Task<string?> ErrorAsync(HttpResponseMessage answer) => (await answer.JsonAsync()).GetProperty("error").GetString();

    private async Task EndedAsync(Tokens tokens) => await Eventually.TrueAsync(
        async () => (await _client.SendAsync(tokens.Access, HttpMethod.Get, "/api/auth/session")).StatusCode == HttpStatusCode.Unauthorized,
        "the session's tokens are refused", TestContext.Current.CancellationToken);

    private static async Task SignedOutAsync(Browser browser, App app) => await Eventually.TrueAsync(
        async () => (await browser.GetAsync(app.Authorize(("prompt", "none")))).Given("error") == "login_required", "the browser is signed out", TestContext.Current.CancellationToken);

    private static byte[] Base64(string text)
    {
        var plain = text.Replace('-', '+').Replace('_', '/');
        return Convert.FromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='));
    }
}
