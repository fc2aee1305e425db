using ComplianceGrid.Employees;
using ComplianceGrid.Policies;
using ComplianceGrid.Status;

namespace ComplianceGrid.Silo.Tests.Hosting;

internal static class Sample
{
    public static readonly Policy Policy = new()
    {
        Sites = [new() { Code = "dallas", Name = "Dallas", TimeZone = "America/Chicago" }],
        Requirements =
        [
            new() { Code = "forklift", Title = "forklift certificate", Item = "training.forklift", Gate = Gate.ByDate, DueDaysAfterHire = 90, AmberDays = 30 },
        ],
        DefaultTimeZone = "America/Chicago",
    };

    public static Policy Stricter(Policy policy) => policy with { Requirements = [policy.Requirements[0] with { DueDaysAfterHire = 60 }] };

    public static EmployeeProfile Employee(string number, DateOnly hiredOn) => new()
    {
        EmployeeNumber = number,
        GivenName = "Ada",
        FamilyName = "Nowak",
        Site = "dallas",
        Roles = ["warehouse"],
        HiredOn = hiredOn,
    };
}
