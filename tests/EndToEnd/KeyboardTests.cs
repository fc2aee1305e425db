namespace ComplianceGrid.EndToEnd;

public sealed class KeyboardTests(EndToEndGrid grid)
{
    [Fact]
    public async Task A_person_signs_in_and_out_by_keyboard_alone_without_script_and_always_sees_where_the_focus_is()
    {
        var secret = await grid.InviteAsync("fay@e2e.example", "Supervisor");
        var seen = await Walk.RunAsync("keyboard", new { grid.Issuer, email = "fay@e2e.example", secret }, TestContext.Current.CancellationToken);
        Assert.True(seen.GetProperty("stops").GetInt32() > 10);
        Assert.True(seen.GetProperty("unseen").GetArrayLength() == 0, seen.ToString());
    }
}
