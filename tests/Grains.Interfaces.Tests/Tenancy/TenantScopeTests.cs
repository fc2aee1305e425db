using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Interfaces.Tests.Tenancy;

public sealed class TenantScopeTests
{
    private static object? Current => RequestContext.Get(CallContext.Tenant);

    [Fact]
    public void Calls_in_it_are_its_tenants_and_behind_it_those_of_the_tenant_before()
    {
        Assert.Null(Current);
        using (new TenantScope(new("acme")))
        {
            Assert.Equal("acme", Current);
            using (new TenantScope(new("globex"))) Assert.Equal("globex", Current);
            Assert.Equal("acme", Current);
        }

        Assert.Null(Current);
    }
}
