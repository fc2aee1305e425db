namespace ComplianceGrid.EndToEnd;

/// <summary>Passkeys by Chromium's own WebAuthn, with its virtual authenticator in the place of a device.</summary>
public sealed class PasskeyTests(EndToEndGrid grid)
{
    [Fact]
    public async Task A_privileged_person_adds_a_passkey_and_signs_in_by_it_by_keyboard_alone()
    {
        var secret = await grid.InviteAsync("bea@e2e.example", "TenantAdmin");
        var seen = await Walk.RunAsync("passkey", new { grid.Issuer, email = "bea@e2e.example", secret }, TestContext.Current.CancellationToken);
        Assert.Equal("localhost", seen.GetProperty("relyingParty").GetString());
        Assert.Equal(1, seen.GetProperty("credentials").GetInt32());
        Assert.True(seen.GetProperty("signatures").GetInt32() > 0);
        AccessibilityTests.AssertClean(seen, ["add a passkey", "passkey cancelled", "passkey kept", "use a passkey"]);
    }
}
