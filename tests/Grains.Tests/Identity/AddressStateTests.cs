using ComplianceGrid.Status;

namespace ComplianceGrid.Identity;

public sealed class AddressStateTests
{
    /// <summary>What this build writes; every later one must read it.</summary>
    private const string Json = """
        {"failures":[{"part":1065000000,"count":3}]}
        """;

    [Fact]
    public void Yesterdays_state_is_read() => Golden.IsOf(Json, new AddressState { Failures = [new(1_065_000_000, 3)] });

    [Fact]
    public void A_state_from_before_a_member_was_there_is_read() => Assert.Empty(Golden.Read<AddressState>("{}").Failures);
}
