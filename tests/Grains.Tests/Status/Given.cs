using System.Collections.Immutable;
using ComplianceGrid.Employees;
using ComplianceGrid.Events;
using ComplianceGrid.Policies;

namespace ComplianceGrid.Status;

/// <summary>People, policies and facts for the rules' tests.</summary>
internal static class Given
{
    public const string DrugTest = ComplianceItems.PreEmploymentDrugTest;
    public const string Certificate = "certificate";

    public static readonly DateTimeOffset Monday = Utc(2026, 3, 2, 15);

    public static EmployeeProfile Driver(string site = "chicago", string? homeTerminal = null, DateOnly? hiredOn = null, DateOnly? endedOn = null) => new()
    {
        EmployeeNumber = "E1",
        GivenName = "Dana",
        FamilyName = "Reyes",
        Site = site,
        Roles = ["driver"],
        DotModes = [DotMode.Fmcsa],
        HiredOn = hiredOn ?? new(2026, 3, 2),
        HomeTerminalTimeZone = homeTerminal,
        EmploymentEndedOn = endedOn,
    };

    public static readonly Requirement PreEmploymentTest = new()
    {
        Code = "dot-pre-employment-drug-test",
        Title = "pre-employment drug test",
        Item = DrugTest,
        Gate = Gate.BeforeWork,
        Citation = "49 CFR 382.301",
        Audience = Audience.DrugAndAlcohol,
        Functions = [WorkFunctions.SafetySensitive],
    };

    public static readonly Requirement CertificateOnFile = new()
    {
        Code = "medical-certificate",
        Title = "medical certificate",
        Item = Certificate,
        Gate = Gate.BeforeWork,
        Citation = "49 CFR 391.41",
        Audience = Audience.Medical,
    };

    public static readonly Requirement Handbook = new()
    {
        Code = "handbook",
        Title = "handbook acknowledgement",
        Item = "handbook",
        Gate = Gate.ByDate,
        DueDaysAfterHire = 60,
        Waivable = true,
    };

    public static PolicyVersion Policy(params Requirement[] requirements) => new()
    {
        Version = 3,
        InForceSince = Utc(2026, 1, 1),
        PublishedBy = "ann",
        Policy = new()
        {
            DefaultTimeZone = "Etc/UTC",
            Sites =
            [
                new() { Code = "chicago", Name = "Chicago", TimeZone = "America/Chicago" },
                new() { Code = "havana", Name = "Havana", TimeZone = "America/Havana" },
                new() { Code = "beirut", Name = "Beirut", TimeZone = "Asia/Beirut" },
                new() { Code = "honolulu", Name = "Honolulu", TimeZone = "Pacific/Honolulu" },
            ],
            Requirements = [.. requirements],
        },
    };

    public static Fact Fact(
        FactOutcome outcome, DateTimeOffset at, string item = DrugTest, string key = "order/1", DateOnly? from = null, DateOnly? to = null,
        DateTimeOffset? by = null, long version = 1) => new()
        {
            SourceKey = key,
            SourceVersion = version,
            Item = item,
            Outcome = outcome,
            ObservedAt = at,
            EffectiveOn = from,
            ExpiresOn = to,
            ExpectedBy = by,
        };

    public static EmployeeFacts Facts(EmployeeProfile? profile, params Fact[] facts) => new(profile, [.. facts], []);

    public static EmployeeFacts Waived(this EmployeeFacts facts, Requirement requirement, DateOnly until) => facts with
    {
        Waivers = ImmutableArray.Create(new Waiver { Requirement = requirement.Code, RequestedBy = "ann", ApprovedBy = "bob", Until = until }),
    };

    public static DateTimeOffset Utc(int year, int month, int day, int hour = 0, int minute = 0) =>
        new(year, month, day, hour, minute, 0, TimeSpan.Zero);
}
