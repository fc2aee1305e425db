namespace ComplianceGrid.EndToEnd;

/// <summary>WCAG 2.2 AA, as far as a program can tell.</summary>
public sealed class AccessibilityTests(EndToEndGrid grid)
{
    private static readonly string[] Pages =
    [
        "choose a password", "password refused", "password set", "sign in", "sign in refused", "add a second factor", "code refused", "recovery codes", "consent", "signed in",
        "sign out", "signed out", "second factor", "ask for a reset", "reset asked for", "add a passkey", "passkey cancelled", "passkey kept", "use a passkey", "passkey or recovery code", "client refused",
    ];

    [Fact]
    public async Task Axe_finds_nothing_on_any_page()
    {
        await grid.RegisterAsync("axe", "http://localhost:9/back", "http://localhost:9/bye");
        var secrets = await Task.WhenAll(grid.InviteAsync("cyd@e2e.example", "Supervisor"), grid.InviteAsync("dee@e2e.example", "TenantAdmin"), grid.InviteAsync("eli@e2e.example", "Supervisor"));
        var seen = await Walk.RunAsync("accessibility", new
        {
            grid.Issuer,
            client = "axe",
            redirect = "http://localhost:9/back",
            app = new { email = "cyd@e2e.example", secret = secrets[0] },
            passkey = new { email = "dee@e2e.example", secret = secrets[1] },
            either = new { email = "eli@e2e.example", secret = secrets[2] },
        }, TestContext.Current.CancellationToken);
        var pages = seen.GetProperty("pages").EnumerateObject().ToDictionary(page => page.Name, page => page.Value);
        Assert.Equal(Pages.Order(), pages.Keys.Order());
        Assert.All(pages, page => Assert.True(page.Value.GetProperty("passes").GetInt32() > 5, $"{page.Key}: axe looked at nothing"));
        Assert.All(pages, page => Assert.True(page.Value.GetProperty("violations").GetArrayLength() == 0, $"{page.Key}: {page.Value}"));
    }
}
