using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ComplianceGrid.Api.Identity.Pages;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Identity.SignIn;
using ComplianceGrid.TestKit.People;

namespace ComplianceGrid.Api.Tests.Identity.Pages;

/// <summary>Passkeys by the pages: what the page's script would send, and what nobody should get through by.</summary>
[Collection(ApiCollection.Name)]
public sealed class PasskeyPagesTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private const string Origin = "http://localhost:5080";
    private const string Enroll = "/sign-in/passkey", Factor = "/sign-in/factor";

    private readonly HttpClient _client = grid.Api.Client;

    [Fact]
    public async Task A_privileged_person_is_offered_a_passkey_alone_adds_it_and_signs_in_by_it_to_a_client()
    {
        var app = await App.AddAsync(grid, "passkey-app");
        var person = await InvitedAsync("admin@pages.example", "pages-admin");
        using var key = new SoftwareAuthenticator(Origin);
        using (var first = NewBrowser())
        {
            var page = await BeginAsync(first, person);
            Accessibility.Check(page);
            Assert.Equal("create", page.Passkey!.Value.Ceremony);
            Assert.DoesNotContain("<svg", page.Html);
            Assert.DoesNotContain("name=\"code\"", page.Html);
            var kept = await SendAsync(first, page, Enroll, key.Create(page.Passkey.Value.Options));
            Assert.Equal(HttpStatusCode.OK, kept.Status);
            Accessibility.Check(kept);
            Assert.DoesNotContain("<li>", kept.Html); // recovery codes, which the roles could not use
            Assert.Contains("You are signed in to pages-admin", (await first.FollowAsync(await first.SubmitAsync(kept))).Html);
        }

        using var browser = NewBrowser();
        var factor = await BeginAsync(browser, person, app.Authorize());
        Accessibility.Check(factor);
        Assert.Equal("get", factor.Passkey!.Value.Ceremony);
        Assert.DoesNotContain("name=\"code\"", factor.Html);
        var back = await browser.FollowAsync(await SendAsync(browser, factor, Factor, key.Get(factor.Passkey.Value.Options)));
        var tokens = await Tokens.OfAsync(await app.RedeemAsync(back.Given("code")!));
        Assert.Equal(["pwd", "hwk", "mfa"], tokens.Claims.GetProperty("amr").EnumerateArray().Select(method => method.GetString()!));
        Assert.Equal(1, await CountAsync("pages-admin", "MFA_ENROLLED"));
        Assert.Equal(0, await CountAsync("pages-admin", "LOGIN_FAILED", "FAILURE"));
    }

    [Fact]
    public async Task The_others_choose_between_app_and_passkey_and_get_recovery_codes_with_either()
    {
        var person = await InvitedAsync("either@pages.example", "pages-either", "Supervisor");
        using var key = new SoftwareAuthenticator(Origin);
        using var browser = NewBrowser();
        var page = await BeginAsync(browser, person);
        Accessibility.Check(page);
        Assert.Equal("/sign-in/app", page.Action);
        var codes = await SendAsync(browser, page, Enroll, key.Create(page.Passkey!.Value.Options));
        Accessibility.Check(codes);
        var shown = Regex.Matches(codes.Html, "<li>([^<]+)</li>").Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(10, shown.Length);
        await browser.SubmitAsync(codes);

        var factor = await BeginAsync(browser, person);
        Accessibility.Check(factor);
        var wrong = await browser.PostAsync(Factor, [.. factor.HiddenOf(Factor), ("passkey", "{}")]);
        Assert.DoesNotContain("aria-invalid", wrong.Html); // it was not the code
        var recovered = await browser.PostAsync(Factor, [.. wrong.HiddenOf(Factor), ("method", "recovery_code"), ("code", shown[0])]);
        Assert.Contains("You are signed in", (await browser.FollowAsync(recovered)).Html);
        factor = await BeginAsync(browser, person);
        Assert.Contains("You are signed in", (await browser.FollowAsync(await SendAsync(browser, factor, Factor, key.Get(factor.Passkey!.Value.Options)))).Html);
    }

    [Fact]
    public async Task A_person_of_two_tenants_chooses_one_with_the_passkey()
    {
        var (person, key) = await EnrolledAsync("two@pages.example", "pages-two-a");
        using var mine = key;
        await Person.InvitedAsync(grid, person.Email, "pages-two-b", "TenantAdmin");
        using var browser = NewBrowser();
        var page = await BeginAsync(browser, person);
        Accessibility.Check(page);
        var done = await browser.FollowAsync(await SendAsync(browser, page, Factor, key.Get(page.Passkey!.Value.Options), ("tenant", "pages-two-b")));
        Assert.Contains("You are signed in to pages-two-b", done.Html);
    }

    [Theory]
    [InlineData("another origin"), InlineData("in another site's frame"), InlineData("nobody verified"), InlineData("an earlier page's challenge"), InlineData("another person's challenge")]
    [InlineData("somebody's passkey"), InlineData("no credential"), InlineData("no json"), InlineData("nothing")]
    public async Task A_new_passkey_that_is_none_of_this_page_is_refused_and_none_is_kept(string lie)
    {
        var tenant = $"pages-new-{lie.Replace(' ', '-').Replace("'", "")}";
        var person = await InvitedAsync($"{tenant}@pages.example", tenant);
        var (other, otherKey) = lie is "another person's challenge" or "somebody's passkey" ? await EnrolledAsync($"{tenant}@others.example", $"{tenant}-x") : (person, new SoftwareAuthenticator(Origin));
        using var theirs = otherKey;
        using var key = new SoftwareAuthenticator(Origin);
        using var browser = NewBrowser();
        using var otherBrowser = NewBrowser();
        var old = await BeginAsync(browser, person);
        var page = await browser.GetAsync(Factor);
        var options = page.Passkey!.Value.Options;
        Assert.NotEqual(old.Passkey!.Value.Options.GetProperty("challenge").GetString(), options.GetProperty("challenge").GetString());
        var answer = lie switch
        {
            "another origin" => key.Create(options, new() { Origin = "https://evil.example" }).GetRawText(),
            "in another site's frame" => key.Create(options, new() { IsCrossOrigin = true }).GetRawText(),
            "nobody verified" => key.Create(options, new() { IsUserUnverified = true }).GetRawText(),
            "an earlier page's challenge" => key.Create(old.Passkey.Value.Options).GetRawText(),
            "another person's challenge" => key.Create(options, new() { Challenge = (await BeginAsync(otherBrowser, other)).Passkey!.Value.Options.GetProperty("challenge").GetString() }).GetRawText(),
            "somebody's passkey" => key.Create(options, new() { CredentialId = theirs.CredentialId }).GetRawText(),
            "no credential" => "{}",
            "no json" => "<passkey>",
            "nothing" => "",
            _ => throw new ArgumentOutOfRangeException(nameof(lie)),
        };
        var refused = await browser.PostAsync(Enroll, [.. page.HiddenOf(Enroll), ("passkey", answer)]);
        Assert.Equal(lie == "no json" ? HttpStatusCode.BadRequest : HttpStatusCode.UnprocessableEntity, refused.Status);
        Accessibility.Check(refused);
        Assert.Contains("role=\"alert\"", refused.Html);
        Assert.Equal("create", refused.Passkey!.Value.Ceremony); // the account has none yet
        Assert.DoesNotContain(BrowserSession.Cookie, browser.Cookies.Keys);
        Assert.Equal(0, await CountAsync(tenant, "MFA_ENROLLED"));

        var again = await browser.GetAsync(Factor);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(browser, again, Enroll, key.Create(again.Passkey!.Value.Options))).Status);
    }

    [Theory]
    [InlineData("replayed"), InlineData("another origin"), InlineData("an earlier page's challenge"), InlineData("another person's challenge"), InlineData("another person's passkey")]
    [InlineData("nobody verified"), InlineData("no json")]
    public async Task An_answer_that_is_none_of_this_page_opens_no_session_and_counts_as_a_failed_try(string lie)
    {
        var tenant = $"pages-lie-{lie.Replace(' ', '-').Replace("'", "")}";
        var (person, key) = await EnrolledAsync($"{tenant}@pages.example", tenant);
        var (other, otherKey) = lie.StartsWith("another person") ? await EnrolledAsync($"{tenant}@others.example", $"{tenant}-x") : (person, new SoftwareAuthenticator(Origin));
        using var mine = key;
        using var theirs = otherKey;
        using var before = NewBrowser();
        var earlier = await BeginAsync(before, person);
        var replay = key.Get(earlier.Passkey!.Value.Options);
        Assert.Equal(HttpStatusCode.SeeOther, (await SendAsync(before, earlier, Factor, replay)).Status);

        using var browser = NewBrowser();
        using var otherBrowser = NewBrowser();
        var old = await BeginAsync(browser, person);
        var page = await browser.GetAsync(Factor);
        var options = page.Passkey!.Value.Options;
        var answer = lie switch
        {
            "replayed" => replay.GetRawText(),
            "another origin" => key.Get(options, new() { Origin = "http://localhost.evil.example:5080" }).GetRawText(),
            "an earlier page's challenge" => key.Get(old.Passkey!.Value.Options).GetRawText(),
            "another person's challenge" => key.Get((await BeginAsync(otherBrowser, other)).Passkey!.Value.Options).GetRawText(),
            "another person's passkey" => theirs.Get(options).GetRawText(),
            "nobody verified" => key.Get(options, new() { IsUserUnverified = true }).GetRawText(),
            "no json" => "<passkey>",
            _ => throw new ArgumentOutOfRangeException(nameof(lie)),
        };
        var refused = await browser.PostAsync(Factor, [.. page.HiddenOf(Factor), ("passkey", answer)]);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        Accessibility.Check(refused);
        Assert.DoesNotContain(BrowserSession.Cookie, browser.Cookies.Keys);
        Assert.Equal(1, await CountAsync(tenant, "LOGIN_FAILED", "FAILURE"));
        var done = await SendAsync(browser, refused, Factor, key.Get(refused.Passkey!.Value.Options)); // its owner is none the worse for it
        Assert.Equal(HttpStatusCode.SeeOther, done.Status);
        Assert.Contains(BrowserSession.Cookie, browser.Cookies.Keys);
    }

    [Fact]
    public async Task Without_the_forms_token_neither_is_a_passkey_added_nor_anybody_signed_in()
    {
        var person = await InvitedAsync("forged@pages.example", "pages-forged");
        using var key = new SoftwareAuthenticator(Origin);
        using var browser = NewBrowser();
        var page = await BeginAsync(browser, person);
        var credential = key.Create(page.Passkey!.Value.Options).GetRawText();
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync(Enroll, ("passkey", credential))).Status);
        Assert.Equal(0, await CountAsync("pages-forged", "MFA_ENROLLED"));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(browser, page, Enroll, JsonElement.Parse(credential))).Status); // it was not the credential that lacked
        var factor = await BeginAsync(browser, person);
        var answer = key.Get(factor.Passkey!.Value.Options).GetRawText();
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync(Factor, ("passkey", answer))).Status);
        Assert.DoesNotContain(BrowserSession.Cookie, browser.Cookies.Keys);
        Assert.Equal(HttpStatusCode.SeeOther, (await SendAsync(browser, factor, Factor, JsonElement.Parse(answer))).Status);
    }

    [Fact]
    public async Task A_form_that_was_sent_without_script_is_no_try()
    {
        var (person, key) = await EnrolledAsync("scriptless@pages.example", "pages-scriptless");
        using var mine = key;
        using var browser = NewBrowser();
        var page = await BeginAsync(browser, person);
        for (var i = 0; i < 4; i++)
        {
            page = await browser.PostAsync(Factor, [.. page.HiddenOf(Factor), ("passkey", "")]);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
            Assert.Contains("A passkey needs script", page.Html);
        }

        Assert.Equal(HttpStatusCode.SeeOther, (await SendAsync(browser, page, Factor, key.Get(page.Passkey!.Value.Options))).Status);
    }

    [Theory]
    [InlineData(Enroll, 40, "The passkey could not be verified"), InlineData(Enroll, 120, "The form is too old"), InlineData(Factor, 40, "The form is too old")]
    public async Task A_device_may_tell_much_of_its_make_and_nobody_more_than_that(string action, int kilobytes, string said)
    {
        var person = await InvitedAsync($"{action[^3..]}-{kilobytes}@pages.example", "pages-size");
        using var browser = NewBrowser();
        var page = await BeginAsync(browser, person);
        var answer = await SendAsync(browser, page with { Html = page.Html.Replace(Enroll, action) }, action, JsonSerializer.SerializeToElement(new { attestation = new string('a', kilobytes << 10) }));
        Assert.Contains(said, answer.Html);
    }

    [Fact]
    public async Task Script_runs_on_pages_that_ask_for_a_passkey_and_comes_from_one_file_of_ours()
    {
        var (person, key) = await EnrolledAsync("policy@pages.example", "pages-policy");
        using var mine = key;
        using var browser = NewBrowser();
        var page = await BeginAsync(browser, person);
        const string policy = "default-src 'none'; style-src 'self'; form-action 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";
        Assert.Equal($"{policy}; script-src 'self'", page.Headers["Content-Security-Policy"]);
        Assert.Contains("<script src=\"/pages/passkey.js\" defer></script>", page.Html);
        Assert.Contains("A passkey needs script", page.Html);
        var wrong = await browser.PostAsync(Factor, [.. page.HiddenOf(Factor), ("tenant", "pages-nowhere")]);
        Assert.Equal($"{policy}; script-src 'self'", wrong.Headers["Content-Security-Policy"]);

        var ordinary = await Person.EnrolledAsync(grid, "policy-app@pages.example", "pages-policy");
        var codes = await BeginAsync(browser, ordinary);
        Assert.Equal(policy, codes.Headers["Content-Security-Policy"]);
        Assert.DoesNotContain("<script", codes.Html);

        var script = await _client.GetAsync("/pages/passkey.js", TestContext.Current.CancellationToken);
        Assert.Equal("text/javascript; charset=utf-8", script.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", script.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task Who_was_given_a_role_that_demands_a_passkey_and_has_none_reads_what_to_do()
    {
        var person = await Person.EnrolledAsync(grid, "raised@pages.example", "pages-raised");
        await Person.InvitedAsync(grid, person.Email, "pages-raised", "TenantAdmin");
        using var browser = NewBrowser();
        var page = await BeginAsync(browser, person);
        Accessibility.Check(page);
        Assert.Null(page.Passkey);
        Assert.Contains("An administrator can let you add one", page.Html);
    }

    private Browser NewBrowser() => new(_client.BaseAddress!);

    /// <summary>To the page of the second factor.</summary>
    private static async Task<Page> BeginAsync(Browser browser, Person person, string from = "/sign-in") => await browser.FollowAsync(
        await browser.SubmitAsync(await browser.OpenAsync(from), ("email", person.Email), ("password", person.Chosen)));

    private static Task<Page> SendAsync(Browser browser, Page page, string action, JsonElement passkey, params (string Name, string Value)[] more) =>
        browser.PostAsync(action, [.. page.HiddenOf(action), ("passkey", passkey.GetRawText()), .. more]);

    private async Task<Person> InvitedAsync(string email, string tenant, string roles = "TenantAdmin")
    {
        var (person, secret) = await Person.InvitedAsync(grid, email, tenant, roles);
        Assert.Equal(HttpStatusCode.NoContent, (await person.SetPasswordAsync(secret, Person.Password)).StatusCode);
        return person;
    }

    /// <summary>Has added the passkey, and signed in once by making it.</summary>
    private async Task<(Person Person, SoftwareAuthenticator Key)> EnrolledAsync(string email, string tenant)
    {
        var person = await InvitedAsync(email, tenant);
        var key = new SoftwareAuthenticator(Origin);
        using var browser = NewBrowser();
        var page = await BeginAsync(browser, person);
        var kept = await SendAsync(browser, page, Enroll, key.Create(page.Passkey!.Value.Options));
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.SubmitAsync(kept)).Status);
        return (person, key);
    }

    private Task<int> CountAsync(string tenant, string action, string result = "SUCCESS") => grid.Api.CountAsync(tenant, action, result);
}
