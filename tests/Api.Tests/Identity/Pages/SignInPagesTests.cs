using System.Net;
using System.Text.RegularExpressions;
using ComplianceGrid.Api.Identity.Pages;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Identity.SignIn;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Api.Tests.Identity.Pages;

/// <summary>The pages themselves, as a browser without script sees them.</summary>
[Collection(ApiCollection.Name)]
public sealed partial class SignInPagesTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private readonly HttpClient _client = grid.Api.Client;

    private Browser NewBrowser() => new(_client.BaseAddress!);

    [Fact]
    public async Task An_invited_person_chooses_a_password_adds_an_app_keeps_the_recovery_codes_and_is_in()
    {
        var (person, secret) = await Person.InvitedAsync(grid, "first@pages.example", "pages-first");
        using var browser = NewBrowser();
        var page = await browser.GetAsync($"/reset?token={secret}");
        Accessibility.Check(page);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync(page, ("password", Person.Password), ("again", "other words"))).Status);
        var weak = await browser.SubmitAsync(page, ("password", "password1234"), ("again", "password1234"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, weak.Status);
        Accessibility.Check(weak);
        Assert.Contains("Your password is set", (await browser.SubmitAsync(weak, ("password", Person.Password), ("again", Person.Password))).Html);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SubmitAsync(page, ("password", "another tractor hums at noon"), ("again", "another tractor hums at noon"))).Status); // good once

        page = await browser.FollowAsync(await browser.SubmitAsync(await browser.GetAsync("/sign-in"), ("email", person.Email), ("password", Person.Password)));
        Accessibility.Check(page);
        Assert.Equal("/sign-in/app", page.Action);
        Assert.Contains("<svg", page.Html);
        var spelled = Secret().Match(page.Html).Groups[1].Value;
        var wrong = await browser.SubmitAsync(page, ("code", "000000"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal(spelled, Secret().Match(wrong.Html).Groups[1].Value); // the app that scanned it is not in vain
        person.UseApp(spelled);
        var codes = await browser.SubmitAsync(wrong, ("code", person.Code(0)));
        Accessibility.Check(codes);
        Assert.Equal(10, Regex.Count(codes.Html, "<li>"));
        var done = await browser.FollowAsync(await browser.SubmitAsync(codes));
        Assert.Contains("You are signed in to pages-first", done.Html);
    }

    [Fact]
    public async Task A_person_of_two_tenants_chooses_one()
    {
        var person = await Person.EnrolledAsync(grid, "both@pages.example", "pages-one");
        await Person.InvitedAsync(grid, person.Email, "pages-two", "Adjudicator");
        using var browser = NewBrowser();
        var page = await browser.FollowAsync(await browser.SubmitAsync(await browser.GetAsync("/sign-in"), ("email", person.Email), ("password", person.Chosen)));
        Accessibility.Check(page);
        var refused = await browser.SubmitAsync(page, ("method", "recovery_code"), ("code", person.RecoveryCodes[0]), ("tenant", "pages-three"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("role=\"alert\"", refused.Html);
        var done = await browser.FollowAsync(await browser.SubmitAsync(refused, ("method", "recovery_code"), ("code", person.NextRecoveryCode()), ("tenant", "pages-two")));
        Assert.Contains("You are signed in to pages-two", done.Html);
    }

    [Fact]
    public async Task Who_is_refused_reads_why_and_gets_no_further()
    {
        var person = await Person.EnrolledAsync(grid, "refused@pages.example", "pages-refused");
        using var browser = NewBrowser();
        var page = await browser.GetAsync("/sign-in");
        Accessibility.Check(page);
        var wrong = await browser.SubmitAsync(page, ("email", person.Email), ("password", "wrong \"><script>"));
        var unknown = await browser.SubmitAsync(page, ("email", "\"><script>@pages.example"), ("password", "wrong"));
        foreach (var refused in new[] { wrong, unknown })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
            Assert.Contains("The name, the password or the second factor is wrong.", refused.Html);
            Accessibility.Check(refused);
            Assert.Matches("role=\"alert\"[^>]* autofocus", refused.Html);
        }

        Assert.DoesNotContain("__Host-sign-in", browser.Cookies.Keys);
        Assert.Equal("/sign-in", (await browser.GetAsync("/sign-in/factor")).Next);
        var other = await Person.EnrolledAsync(grid, "refused-later@pages.example", "pages-refused");
        var factor = await browser.FollowAsync(await browser.SubmitAsync(unknown, ("email", other.Email), ("password", other.Chosen)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SubmitAsync(factor, ("method", "totp"), ("code", "000000"))).Status);
        Assert.DoesNotContain(BrowserSession.Cookie, browser.Cookies.Keys);
        Assert.Equal(2, await CountAsync("pages-refused", "MFA_ENROLLED"));
        Assert.Equal(2, await CountAsync("pages-refused", "LOGIN_FAILED"));
    }

    [Fact]
    public async Task A_locked_name_is_told_for_how_long()
    {
        using var browser = NewBrowser();
        var page = await browser.GetAsync("/sign-in");
        for (var i = 0; i < 3; i++) page = await browser.SubmitAsync(page, ("email", "locked@pages.example"), ("password", "wrong horse"));
        Assert.Equal(HttpStatusCode.TooManyRequests, page.Status);
        Assert.InRange(int.Parse(page.Headers["Retry-After"]), 1_700, 1_800);
        Assert.Contains($"{page.Headers["Retry-After"]} seconds", page.Html);
    }

    [Theory]
    [InlineData("https://evil.example/"), InlineData("//evil.example/"), InlineData("/\\evil.example/"), InlineData("/\t/evil.example/"), InlineData("evil"), InlineData("javascript:alert(1)")]
    public async Task A_return_to_anywhere_else_is_not_taken(string address)
    {
        Assert.Null(ReturnAddress.Local(address));
        using var browser = NewBrowser();
        foreach (var page in new[] { "/sign-in", "/sign-out", "/sign-in/continue" })
        {
            var answer = await browser.GetAsync($"{page}?return={Uri.EscapeDataString(address)}");
            Assert.DoesNotContain("evil", answer.Html);
            Assert.DoesNotContain("evil", answer.Next ?? "");
            Assert.DoesNotContain("javascript", answer.Html);
        }
    }

    [Fact]
    public async Task A_return_is_kept_through_both_steps_and_nobody_can_change_it_to_another_host_on_the_way()
    {
        var person = await Person.EnrolledAsync(grid, "return@pages.example", "pages-return");
        using var browser = NewBrowser();
        var page = await browser.GetAsync("/sign-in?return=/sign-out");
        Assert.Contains("You are signed out", (await browser.OpenAsync("/sign-out")).Html);
        Assert.Equal("/sign-out", (await browser.SignInAsync(page, person)).Action); // the page to sign out again

        var hidden = page.Hidden.Select(field => field.Item1 == "return" ? (field.Item1, "https://evil.example/") : field).ToArray();
        var factor = await browser.FollowAsync(await browser.PostAsync("/sign-in", [.. hidden, ("email", person.Email), ("password", person.Chosen)]));
        var done = await browser.FollowAsync(await browser.SubmitAsync(factor, ("method", "recovery_code"), ("code", person.NextRecoveryCode())));
        Assert.Contains("You are signed in to pages-return", done.Html);
    }

    [Fact]
    public async Task A_form_without_its_token_or_with_another_browsers_is_refused()
    {
        using var browser = NewBrowser();
        using var other = NewBrowser();
        var stolen = (await other.GetAsync("/sign-in")).Hidden;
        await browser.GetAsync("/sign-in");
        foreach (var path in new[] { "/sign-in", "/sign-in/factor", "/sign-in/app", "/sign-in/passkey", "/sign-out", "/reset", "/reset/password", "/connect/consent" })
        {
            foreach (var hidden in new[] { [], stolen })
            {
                var page = await browser.PostAsync(path, [.. hidden, ("email", "a@pages.example"), ("password", "x")]);
                Assert.Equal(HttpStatusCode.BadRequest, page.Status);
                Assert.Contains("did not come from our page", page.Html);
            }
        }
    }

    [Fact]
    public async Task The_cookie_opens_no_endpoint_of_the_api_and_one_that_was_changed_opens_nothing()
    {
        var person = await Person.EnrolledAsync(grid, "cookie@pages.example", "pages-cookie");
        using var browser = NewBrowser();
        await browser.SignInAsync(await browser.GetAsync("/sign-in"), person);
        Assert.Contains("You are signed in", (await browser.GetAsync("/sign-in/continue")).Html);
        foreach (var path in new[] { "/api/auth/session", "/api/employees", "/connect/userinfo" })
            Assert.True((await browser.GetAsync(path)).Status is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest, path);

        var whole = browser.Cookies[BrowserSession.Cookie];
        foreach (var place in new[] { 0, whole.Length / 2, whole.Length - 8 })
        {
            browser.Cookies[BrowserSession.Cookie] = string.Concat(whole.AsSpan(0, place), whole[place] == 'A' ? "B" : "A", whole.AsSpan(place + 1));
            Assert.Equal("/sign-in", (await browser.GetAsync("/sign-in/continue")).Next);
        }

        browser.Cookies[BrowserSession.Cookie] = browser.Cookies["__Host-device"]; // sealed by us, for something else
        Assert.Equal("/sign-in", (await browser.GetAsync("/sign-in/continue")).Next);
        browser.Cookies[BrowserSession.Cookie] = whole;
        Assert.Contains("You are signed in", (await browser.GetAsync("/sign-in/continue")).Html);

        var stolen = new Dictionary<string, string>(browser.Cookies);
        await browser.FollowAsync(await browser.SubmitAsync(await browser.GetAsync("/sign-out")));
        Assert.DoesNotContain(BrowserSession.Cookie, browser.Cookies.Keys);
        using var thief = NewBrowser();
        foreach (var (name, value) in stolen) thief.Cookies[name] = value;
        await Eventually.TrueAsync(async () => (await thief.GetAsync("/sign-in/continue")).Next == "/sign-in", "a copy of the cookie is refused", TestContext.Current.CancellationToken);
        Assert.Equal(1, await CountAsync("pages-cookie", "LOGOUT"));
    }

    [Fact]
    public async Task Every_cookie_is_for_this_host_alone_and_out_of_scripts_reach()
    {
        var person = await Person.EnrolledAsync(grid, "flags@pages.example", "pages-flags");
        using var browser = NewBrowser();
        await browser.SignInAsync(await browser.GetAsync("/sign-in"), person);
        Assert.Subset(browser.SetCookies.Select(cookie => cookie.Split('=')[0]).ToHashSet(), new HashSet<string> { "__Host-session", "__Host-sign-in", "__Host-form", "__Host-device" });
        foreach (var cookie in browser.SetCookies.Select(cookie => cookie.ToLowerInvariant()))
        {
            Assert.StartsWith("__host-", cookie);
            Assert.Contains("; secure", cookie);
            Assert.Contains("; path=/", cookie);
            Assert.Matches("; samesite=(lax|strict)", cookie);
            Assert.DoesNotContain("domain=", cookie);
            Assert.Contains("; httponly", cookie);
        }
    }

    [Theory]
    [InlineData("/sign-in"), InlineData("/sign-in/factor"), InlineData("/sign-in/continue"), InlineData("/sign-out"), InlineData("/reset"), InlineData("/reset?token=abc"), InlineData("/connect/authorize"), InlineData("/connect/endsession?post_logout_redirect_uri=x")]
    public async Task Every_page_says_what_browsers_must_hold_to(string path)
    {
        using var browser = NewBrowser();
        var page = await browser.GetAsync(path);
        Assert.Equal("default-src 'none'; style-src 'self'; form-action 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'", page.Headers["Content-Security-Policy"]);
        Assert.Equal("no-referrer", page.Headers["Referrer-Policy"]);
        Assert.Equal("nosniff", page.Headers["X-Content-Type-Options"]);
        Assert.Contains("no-store", page.Headers["Cache-Control"]);
        if (page.Next is null) Accessibility.Check(page);
    }

    [Fact]
    public async Task A_forgotten_password_is_asked_for_without_telling_who_has_an_account()
    {
        var person = await Person.EnrolledAsync(grid, "forgot@pages.example", "pages-forgot");
        using var browser = NewBrowser();
        var page = await browser.GetAsync("/reset");
        var (known, unknown) = (await browser.SubmitAsync(page, ("email", person.Email)), await browser.SubmitAsync(page, ("email", "nobody@pages.example")));
        Assert.Equal(HttpStatusCode.OK, known.Status);
        Assert.Equal(known.Html, unknown.Html);
    }

    [Fact]
    public async Task Colours_have_the_contrast_that_people_need()
    {
        var css = await _client.GetStringAsync("/pages/style.css", TestContext.Current.CancellationToken);
        foreach (var (ink, paper, least) in new[] { ("#1b1f24", "#ffffff", 4.5), ("#1b1f24", "#f4f5f7", 4.5), ("#4b5563", "#ffffff", 4.5), ("#ffffff", "#12355b", 4.5), ("#0b4a8f", "#ffffff", 4.5), ("#b45309", "#ffffff", 3.0), ("#b3261e", "#ffffff", 3.0), ("#6b7280", "#ffffff", 3.0) })
        {
            Assert.Contains(ink == "#ffffff" ? "#fff" : ink, css);
            Assert.True(Contrast(ink, paper) >= least, $"{ink} on {paper}: {Contrast(ink, paper)}");
        }
    }

    /// <summary>WCAG 2.2, relative luminance and contrast ratio.</summary>
    private static double Contrast(string a, string b)
    {
        var (one, two) = (Luminance(a), Luminance(b));
        return (Math.Max(one, two) + 0.05) / (Math.Min(one, two) + 0.05);
    }

    private static double Luminance(string colour)
    {
        var parts = Convert.FromHexString(colour[1..]).Select(part => part / 255.0).Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4)).ToArray();
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }

    private Task<int> CountAsync(string tenant, string action) => grid.Api.CountAsync(tenant, action);

    [GeneratedRegex("""<span class="secret">([^<]+)</span>""")]
    private static partial Regex Secret();
}
