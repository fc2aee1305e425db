using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

public sealed class AccountStateTests
{
    /// <summary>What this build writes; every later one must read it.</summary>
    private const string Json = """
        {"sessions":["acme/0198f7a2-0000-7000-8000-000000000001"],"ending":[{"key":"acme/0198f7a2-0000-7000-8000-000000000002","reason":"passwordChanged"}]}
        """;

    [Fact]
    public void Yesterdays_state_is_read() => Golden.IsOf(Json, new AccountState
    {
        Sessions = [SessionKey.Parse("acme/0198f7a2-0000-7000-8000-000000000001")],
        Ending = [new(SessionKey.Parse("acme/0198f7a2-0000-7000-8000-000000000002"), SessionEndReason.PasswordChanged)],
    });

    [Fact]
    public void A_state_from_before_a_member_was_there_is_read()
    {
        var read = Golden.Read<AccountState>("{}");
        Assert.Equal((0, 0), (read.Sessions.Length, read.Ending.Length));
    }
}
