using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using ComplianceGrid.Employees;
using ComplianceGrid.Orders;
using ComplianceGrid.Parking;
using ComplianceGrid.Policies;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Grid;

/// <summary>The grains of the caller's tenant, and of no other: the key's tenant always is the token's.</summary>
internal sealed class TenantGrains(IGrainFactory grains, GridConnection connection)
{
    public IEmployeeGrain Employee(Caller caller, Guid id) => Of<IEmployeeGrain>(new EmployeeKey(caller.Tenant, id).ToString());
    /// <summary>
    /// The employee's grain; of one at a site that the caller may not see, nobody's (no id is nil): whatever is asked of it is answered
    /// to the letter as for an unknown id.
    /// </summary>
    public async Task<IEmployeeGrain> EmployeeSeenAsync(Caller caller, Guid id) => Employee(caller, await SeesAsync(caller, id) ? id : Guid.Empty);

    /// <summary>The order's grain, or nobody's when it is for somebody whom the caller may not see.</summary>
    public async Task<IVendorOrderGrain> OrderSeenAsync(Caller caller, Guid id)
    {
        var order = Order(caller, id);
        return caller.Sites.IsEmpty || await SeesAsync(caller, (await order.Get()).Order.Employee.Employee) ? order : Order(caller, Guid.Empty);
    }

    private async Task<bool> SeesAsync(Caller caller, Guid employee)
    {
        if (caller.Sites.IsEmpty || caller.EmployeeId == employee) return true;
        try
        {
            return caller.Sees((await Employee(caller, employee).Get()).Profile.Site);
        }
        catch (GridException none) when (none.Error == GridError.NotFound)
        {
            return false;
        }
    }

    public IVendorOrderGrain Order(Caller caller, Guid id) => Of<IVendorOrderGrain>(new OrderKey(caller.Tenant, id).ToString());
    public IParkedEventsGrain ParkedEvents(Caller caller) => Of<IParkedEventsGrain>(caller.Tenant.Value);
    public ITenantPolicyGrain Policy(Caller caller) => Of<ITenantPolicyGrain>(caller.Tenant.Value);

    /// <summary>The ledger shard that has the tenant's log; what it is asked names the tenant.</summary>
    public IAuditGrain Ledger(Caller caller)
    {
        connection.Require();
        return grains.GetGrain<IAuditGrain>(LedgerShards.Of(caller.Tenant.Value));
    }

    private T Of<T>(string key) where T : ITenantGrain
    {
        connection.Require();
        return grains.GetGrain<T>(key);
    }
}
