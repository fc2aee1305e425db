using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Interfaces.Tests.Tenancy;

public sealed class TenantGrainTests
{
    /// <summary>The silo's filter goes by the interface that declares a method: one inherited from elsewhere would pass unasked.</summary>
    [Fact]
    public void Every_method_of_a_tenants_grain_is_declared_by_a_tenants_grain()
    {
        var interfaces = typeof(ITenantGrain).Assembly.GetTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(ITenantGrain)) && type != typeof(ITenantGrain)).ToList();
        Assert.NotEmpty(interfaces);
        Assert.All(interfaces.SelectMany(type => type.GetInterfaces().Append(type)).SelectMany(type => type.GetMethods()),
            method => Assert.True(method.DeclaringType!.IsAssignableTo(typeof(ITenantGrain)), $"{method.DeclaringType}.{method.Name}"));
    }
}
