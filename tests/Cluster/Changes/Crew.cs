using ComplianceGrid.Employees;
using ComplianceGrid.Policies;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;
using Orleans.Runtime.Placement;

namespace ComplianceGrid.Cluster.Changes;

/// <summary>People of a tenant of their own, hired by calls of the grains; nothing is ordered for them.</summary>
internal static class Crew
{
    private static readonly Policy Policy = new()
    {
        DefaultTimeZone = "America/Chicago",
        Sites = [new() { Code = "dallas", Name = "Dallas", TimeZone = "America/Chicago" }],
        Requirements = [new() { Code = "handbook", Title = "handbook", Item = "handbook", Gate = Gate.BeforeWork }],
    };

    /// <param name="silo">Where all of them are activated, and the policy with the first.</param>
    /// <param name="first">The first's number among the tenant's people.</param>
    public static async Task<Guid[]> HireAsync(IGrainFactory grains, string tenant, int count, SiloAddress silo, int first = 0)
    {
        RequestContext.Set(CallContext.Tenant, tenant);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        await grains.GetGrain<ITenantPolicyGrain>(tenant).Publish(Policy, 0);
        Guid[] people = [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7(TimeProvider.System.GetUtcNow()))];
        foreach (var (n, person) in people.Index())
        {
            var employee = grains.GetGrain<IEmployeeGrain>(new EmployeeKey(new(tenant), person).ToString());
            await employee.Hire(new() { EmployeeNumber = $"C{first + n}", GivenName = "Given", FamilyName = "Family", Site = "dallas", Roles = ["driver"], HiredOn = new(2026, 11, 1) });
            Assert.Equal(silo, await grains.GetGrain<IManagementGrain>(0).GetActivationAddress(employee));
        }

        return people;
    }
}
