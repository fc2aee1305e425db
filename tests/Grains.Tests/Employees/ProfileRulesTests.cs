using ComplianceGrid.Status;

namespace ComplianceGrid.Employees;

public sealed class ProfileRulesTests
{
    private static readonly EmployeeProfile Good = Given.Driver();

    public static TheoryData<EmployeeProfile> Accepted =>
    [
        Good,
        Good with { HiredOn = new(1900, 1, 1) },
        Good with { HiredOn = new(2028, 3, 2) },
        Good with { DateOfBirth = new(1900, 1, 1) },
        Good with { DateOfBirth = Good.HiredOn.AddDays(-1) },
        Good with { Roles = [.. Enumerable.Range(1, 32).Select(i => $"role {i}")] },
        Good with { Roles = [], DotModes = [] },
        Good with { Email = "dana@example.com", Phone = new string('1', 200) },
        Good with { HomeTerminalTimeZone = "Asia/Beirut" },
        Good with { HomeTerminalTimeZone = Long("America", "Chicago", 200) },
    ];

    [Theory]
    [MemberData(nameof(Accepted), DisableDiscoveryEnumeration = true)]
    public void What_is_in_order_is_accepted(EmployeeProfile profile) => ProfileRules.Check(profile, Given.Policy(), Given.Monday);

    [Fact]
    public void Before_there_is_a_policy_any_site_will_do()
    {
        ProfileRules.Check(Good with { Site = "moon" }, null, Given.Monday);
        Assert.Equal(GridError.Invalid, Assert.Throws<GridException>(() => ProfileRules.Check(Good with { Site = " " }, null, Given.Monday)).Error);
    }

    public static TheoryData<string, EmployeeProfile> Refused => new()
    {
        { "employeeNumber", Good with { EmployeeNumber = "" } },
        { "givenName", Good with { GivenName = new string('x', 201) } },
        { "familyName", Good with { FamilyName = "a\u0000b" } },
        { "site", Good with { Site = "moon" } },
        { "chicago", Good with { Site = "moon" } },
        { "email", Good with { Email = " " } },
        { "phone", Good with { Phone = new string('1', 201) } },
        { "roles", Good with { Roles = default } },
        { "roles", Good with { Roles = ["driver", "driver"] } },
        { "roles", Good with { Roles = [null!] } },
        { "dotModes", Good with { DotModes = [(DotMode)77] } },
        { "roles", Good with { Roles = [.. Enumerable.Range(1, 33).Select(i => $"role {i}")] } },
        { "dotModes", Good with { DotModes = default } },
        { "dotModes", Good with { DotModes = [DotMode.Fmcsa, DotMode.Fmcsa] } },
        { "dotModes", Good with { DotModes = [DotMode.Fmcsa, (DotMode)77] } },
        { "dateOfBirth", Good with { DateOfBirth = new(1899, 12, 31) } },
        { "homeTerminalTimeZone", Good with { HomeTerminalTimeZone = Long("America", "Chicago", 201) } },
        { "hiredOn", Good with { HiredOn = new(1899, 12, 31) } },
        { "hiredOn", Good with { HiredOn = new(2028, 3, 3) } },
        { "dateOfBirth", Good with { DateOfBirth = Good.HiredOn } },
        { "homeTerminalTimeZone", Good with { HomeTerminalTimeZone = "Mars/Olympus" } },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void Each_refusal_names_what_is_wrong(string word, EmployeeProfile profile)
    {
        var refusal = Assert.Throws<GridException>(() => ProfileRules.Check(profile, Given.Policy(), Given.Monday));
        Assert.Equal(GridError.Invalid, refusal.Error);
        Assert.Contains(word, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A zone's name as the file system understands it, of any length.</summary>
    private static string Long(string area, string place, int length) => area + new string('/', length - area.Length - place.Length) + place;
}
