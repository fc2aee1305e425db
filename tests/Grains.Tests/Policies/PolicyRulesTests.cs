using System.Collections.Immutable;
using ComplianceGrid.Employees;
using ComplianceGrid.Status;

namespace ComplianceGrid.Policies;

public sealed class PolicyRulesTests
{
    private static readonly Policy Good = Given.Policy(Given.Handbook, Given.PreEmploymentTest).Policy;

    public static TheoryData<Policy> Accepted =>
    [
        Good,
        Good with { Requirements = [] },
        Good with { Sites = Sites(2000) },
        Good with { Requirements = Requirements(200) },
        Good with { CoverageTargetPercent = 0 },
        Good with { CoverageTargetPercent = 100 },
        Good with { DefaultTimeZone = Long("America", "Chicago", 200) },
        Good with { Sites = [Good.Sites[0], Good.Sites[0] with { Code = Good.Sites[0].Code.ToUpperInvariant() }] },
        With(Given.Handbook with { AmberDays = 0, DueDaysAfterHire = 0, ValidForMonths = 1 }),
        With(Given.Handbook with { AmberDays = 365, DueDaysAfterHire = 3650, ValidForMonths = 1200 }),
        With(Given.Handbook with { Order = Order(1) }),
        With(Given.Handbook with { Order = Order(365) }),
        With(Given.Handbook with { Sites = ["chicago", "havana"], Roles = ["driver"], DotModes = [DotMode.Fmcsa], Functions = ["work"] }),
        Good with { Sites = Sites(1000), Requirements = [Listing(500, 500, 997, 3)] },
        With(Given.Handbook with { Waivable = false, Citation = "49 CFR 382.301" }),
    ];

    [Theory]
    [MemberData(nameof(Accepted), DisableDiscoveryEnumeration = true)]
    public void What_is_in_order_is_accepted(Policy policy) => PolicyRules.Check(policy);

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
        { "DOT agency", With(Given.Handbook with { DotModes = [(DotMode)77] }) },
        { "lists", With(Given.Handbook with { Roles = default }) },
        { "requirements.roles", With(Given.Handbook with { Roles = [null!] }) },
        { "not in sites", With(Given.Handbook with { Sites = ["moon"] }) },
        { "serviceDays", With(Given.Handbook with { Order = new() { Vendor = "v", Product = "p", ServiceDays = 0 } }) },
        { "order.vendor", With(Given.Handbook with { Order = new() { Vendor = null!, Product = "p" } }) },
        { "coverageTargetPercent", Good with { CoverageTargetPercent = 101 } },
        { "coverageTargetPercent", Good with { CoverageTargetPercent = -1 } },
        { "defaultTimeZone", Good with { DefaultTimeZone = null! } },
        { "defaultTimeZone", Good with { DefaultTimeZone = Long("America", "Chicago", 201) } },
        { "sites", Good with { Sites = Sites(2001) } },
        { "requirements", Good with { Requirements = default } },
        { "requirements", Good with { Requirements = Requirements(201) } },
        { "must not contain null", Good with { Sites = [Good.Sites[0], null!] } },
        { "must not contain null", Good with { Requirements = [Given.Handbook, null!] } },
        { "sites.code", Good with { Sites = [Good.Sites[0] with { Code = "" }] } },
        { "sites.name", Good with { Sites = [Good.Sites[0] with { Name = "a\nb" }] } },
        { "sites.timeZone", Good with { Sites = [Good.Sites[0] with { TimeZone = null! }] } },
        { "requirements.code", With(Given.Handbook with { Code = new string('x', 201) }) },
        { "requirements.citation", With(Given.Handbook with { Waivable = false, Citation = "" }) },
        { "dueDaysAfterHire", With(Given.Handbook with { DueDaysAfterHire = 3651 }) },
        { "validForMonths", With(Given.Handbook with { ValidForMonths = 1201 }) },
        { "DOT agency", With(Given.Handbook with { DotModes = [DotMode.Fmcsa, (DotMode)77] }) },
        { "lists", With(Given.Handbook with { DotModes = default }) },
        { "lists", With(Given.Handbook with { Sites = default }) },
        { "lists", With(Given.Handbook with { Functions = default }) },
        { "requirements.functions", With(Given.Handbook with { Functions = [""] }) },
        { "not in sites", With(Given.Handbook with { Sites = ["chicago", "moon"] }) },
        { "serviceDays", With(Given.Handbook with { Order = Order(366) }) },
        { "order.product", With(Given.Handbook with { Order = Order(1) with { Product = "" } }) },
        { "too many", Good with { Sites = Sites(1000), Requirements = [Listing(500, 500, 998, 3)] } },
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

    private static ImmutableArray<Site> Sites(int count) => [.. Enumerable.Range(1, count).Select(i => Good.Sites[0] with { Code = $"s{i}" })];

    private static ImmutableArray<Requirement> Requirements(int count) => [.. Enumerable.Range(1, count).Select(i => Given.Handbook with { Code = $"r{i}" })];

    private static OrderTemplate Order(int serviceDays) => new() { Vendor = "v", Product = "p", ServiceDays = serviceDays };

    /// <summary>A requirement that lists so many of each; each of the sites is there, some perhaps twice.</summary>
    private static Requirement Listing(int roles, int functions, int sites, int modes) => Given.Handbook with
    {
        Roles = [.. Enumerable.Repeat("driver", roles)],
        Functions = [.. Enumerable.Repeat("work", functions)],
        Sites = [.. Enumerable.Range(1, sites).Select(i => $"s{i}")],
        DotModes = [.. Enumerable.Repeat(DotMode.Fmcsa, modes)],
    };

    /// <summary>A zone's name as the file system understands it, of any length.</summary>
    private static string Long(string area, string place, int length) => area + new string('/', length - area.Length - place.Length) + place;
}
