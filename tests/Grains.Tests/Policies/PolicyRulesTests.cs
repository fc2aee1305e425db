using ComplianceGrid.Status;

namespace ComplianceGrid.Policies;

public sealed class PolicyRulesTests
{
    private static readonly Policy Good = Given.Policy(Given.Handbook, Given.PreEmploymentTest).Policy;

    [Fact]
    public void What_is_in_order_is_accepted() => PolicyRules.Check(Good);

    public static TheoryData<string, Policy> Refused => new()
    {
        { "defaultTimeZone", Good with { DefaultTimeZone = "Mars/Olympus" } },
        { "defaultTimeZone", Good with { DefaultTimeZone = "../../etc/passwd" } },
        { "sites", Good with { Sites = [] } },
        { "sites", Good with { Sites = default } },
        { "sites", Good with { Sites = [null!] } },
        { "twice", Good with { Sites = [Good.Sites[0], Good.Sites[0]] } },
        { "sites.timeZone", Good with { Sites = [Good.Sites[0] with { TimeZone = "CST6" + new string('x', 300) }] } },
        { "twice", Good with { Requirements = [Given.Handbook, Given.Handbook] } },
        { "requirements", Good with { Requirements = [null!] } },
        { "cites a regulation", With(Given.Handbook with { Citation = "49 CFR 382.301" }) },
        { "amberDays", With(Given.Handbook with { AmberDays = -1 }) },
        { "amberDays", With(Given.Handbook with { AmberDays = 366 }) },
        { "dueDaysAfterHire", With(Given.Handbook with { DueDaysAfterHire = -1 }) },
        { "validForMonths", With(Given.Handbook with { ValidForMonths = 0 }) },
        { "title", With(Given.Handbook with { Title = " " }) },
        { "item", With(Given.Handbook with { Item = new string('x', 201) }) },
        { "gate", With(Given.Handbook with { Gate = (Gate)9 }) },
        { "audience", With(Given.Handbook with { Audience = (Audience)9 }) },
        { "DOT agency", With(Given.Handbook with { DotModes = [(Employees.DotMode)77] }) },
        { "lists", With(Given.Handbook with { Roles = default }) },
        { "requirements.roles", With(Given.Handbook with { Roles = [null!] }) },
        { "not in sites", With(Given.Handbook with { Sites = ["moon"] }) },
        { "serviceDays", With(Given.Handbook with { Order = new() { Vendor = "v", Product = "p", ServiceDays = 0 } }) },
        { "order.vendor", With(Given.Handbook with { Order = new() { Vendor = null!, Product = "p" } }) },
        { "coverageTargetPercent", Good with { CoverageTargetPercent = 101 } },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void Each_refusal_names_what_is_wrong(string word, Policy policy)
    {
        var refusal = Assert.Throws<GridException>(() => PolicyRules.Check(policy));
        Assert.Equal(GridError.Invalid, refusal.Error);
        Assert.Contains(word, refusal.Message, StringComparison.Ordinal);
    }

    private static Policy With(Requirement requirement) => Good with { Requirements = [requirement] };
}
