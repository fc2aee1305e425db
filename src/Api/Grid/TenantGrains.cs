using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using ComplianceGrid.Employees;
using ComplianceGrid.Orders;
using ComplianceGrid.Policies;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Grid;

/// <summary>The grains of the caller's tenant, and of no other: the key's tenant always is the token's.</summary>
internal sealed class TenantGrains(IGrainFactory grains, GridConnection connection)
{
    public IEmployeeGrain Employee(Caller caller, Guid id) => Of<IEmployeeGrain>(new EmployeeKey(caller.Tenant, id).ToString());
    public IVendorOrderGrain Order(Caller caller, Guid id) => Of<IVendorOrderGrain>(new OrderKey(caller.Tenant, id).ToString());
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
