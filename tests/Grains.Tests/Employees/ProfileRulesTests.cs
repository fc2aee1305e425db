using ComplianceGrid.Status;

namespace ComplianceGrid.Employees;

public sealed class ProfileRulesTests
{
    private static readonly EmployeeProfile Good = Given.Driver();

    [Fact]
    public void What_is_in_order_is_accepted() => ProfileRules.Check(Good, Given.Policy(), Given.Monday);

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
}
