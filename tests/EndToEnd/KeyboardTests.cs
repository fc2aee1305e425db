namespace ComplianceGrid.EndToEnd;

public sealed class KeyboardTests(EndToEndGrid grid)
{
    [Fact]
    public async Task A_person_signs_in_and_out_by_keyboard_alone_and_always_sees_where_the_focus_is()
    {
        var secret = await grid.InviteAsync("fay@e2e.example", "Supervisor");
        var seen = await Walk.RunAsync("keyboard", new { grid.Issuer, email = "fay@e2e.example", secret }, TestContext.Current.CancellationToken);
        Assert.True(seen.GetProperty("stops").GetInt32() > 10);
        Assert.Equal(0, seen.GetProperty("unseen").GetArrayLength());
    }

    [Fact]
    public async Task Without_script_codes_sign_in_and_a_passkeys_page_says_what_it_lacks()
    {
        var secrets = await Task.WhenAll(grid.InviteAsync("gil@e2e.example", "Supervisor"), grid.InviteAsync("hal@e2e.example", "TenantAdmin"));
        await Walk.RunAsync("scriptless", new
        {
            grid.Issuer,
            app = new { email = "gil@e2e.example", secret = secrets[0] },
            passkey = new { email = "hal@e2e.example", secret = secrets[1] },
        }, TestContext.Current.CancellationToken);
    }
}
