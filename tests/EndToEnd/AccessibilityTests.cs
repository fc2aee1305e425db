using System.Text.Json;

namespace ComplianceGrid.EndToEnd;

/// <summary>WCAG 2.2 AA, as far as a program can tell.</summary>
public sealed class AccessibilityTests(EndToEndGrid grid)
{
    [Fact]
    public async Task Axe_finds_nothing_on_any_page()
    {
        var (app, either) = (await grid.InviteAsync("cyd@e2e.example", "Supervisor"), await grid.InviteAsync("eli@e2e.example", "Supervisor"));
        var seen = await Walk.RunAsync("accessibility", new
        {
            grid.Issuer,
            client = EndToEndGrid.Client,
            redirect = $"{grid.Application}/back",
            app = new { email = "cyd@e2e.example", secret = app },
            either = new { email = "eli@e2e.example", secret = either },
        }, TestContext.Current.CancellationToken);
        AssertClean(seen, [
            "choose a password", "password refused", "password set", "sign in", "sign in refused", "add a second factor", "code refused", "recovery codes", "consent",
            "signed in", "sign out", "signed out", "second factor", "ask for a reset", "reset asked for", "client refused", "passkey or recovery code",
        ]);
    }

    /// <summary>All these pages were looked at, and nothing was found on one.</summary>
    internal static void AssertClean(JsonElement seen, string[] expected)
    {
        var pages = seen.GetProperty("pages").EnumerateObject().ToDictionary(page => page.Name, page => page.Value);
        Assert.Equal(expected.Order(), pages.Keys.Order());
        Assert.All(pages, page => Assert.True(page.Value.GetProperty("passes").GetInt32() > 5, $"{page.Key}: axe looked at nothing"));
        Assert.All(pages, page => Assert.True(page.Value.GetProperty("violations").GetArrayLength() == 0, $"{page.Key}: {page.Value}"));
    }
}
