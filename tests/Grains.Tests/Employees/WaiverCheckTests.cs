using ComplianceGrid.Policies;
using ComplianceGrid.Status;

namespace ComplianceGrid.Employees;

public sealed class WaiverCheckTests
{
    private static readonly Waiver Good = new() { Requirement = Given.Handbook.Code, RequestedBy = "ann", ApprovedBy = "bob", Until = new(2026, 6, 1) };

    [Fact]
    public void A_companys_own_rule_may_be_waived_by_a_second_person() =>
        ProfileRules.Check(Good, Given.Policy(Given.PreEmploymentTest, Given.Handbook));

    public static TheoryData<string, Waiver, PolicyVersion?> Refused => new()
    {
        { "no such requirement", Good, null },
        { "no such requirement", Good with { Requirement = "dress-code" }, Given.Policy(Given.Handbook) },
        { "cannot be waived", Good, Given.Policy(Given.Handbook with { Waivable = false }) },
        { "cannot be waived", Good, Given.Policy(Given.Handbook with { Citation = "49 CFR 382.301" }) },
        { "requestedBy", Good with { RequestedBy = " " }, Given.Policy(Given.Handbook) },
        { "approvedBy", Good with { ApprovedBy = "" }, Given.Policy(Given.Handbook) },
        { "one person", Good with { ApprovedBy = "ann" }, Given.Policy(Given.Handbook) },
        { "one person", Good with { ApprovedBy = "ANN" }, Given.Policy(Given.Handbook) },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void Each_refusal_names_what_is_wrong(string word, Waiver waiver, PolicyVersion? policy)
    {
        var refusal = Assert.Throws<GridException>(() => ProfileRules.Check(waiver, policy));
        Assert.Equal(GridError.Invalid, refusal.Error);
        Assert.Contains(word, refusal.Message, StringComparison.Ordinal);
    }
}
