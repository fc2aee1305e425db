using ComplianceGrid.Integrations;

namespace ComplianceGrid.Interfaces.Tests.Integrations;

public sealed class ServiceCallsTests
{
    [Theory]
    [InlineData("compliance-grid-silo", "integrations", "vendor-orders:place", true)]
    [InlineData("compliance-grid-silo", "integrations", "integrations:read", true)]
    [InlineData("compliance-grid-silo", "api", "vendor-orders:place", false)]
    [InlineData("compliance-grid-silo", "integrations", "employees:read", false)]
    [InlineData("compliance-grid-api", "integrations", "vendor-orders:place", false)]
    [InlineData("integrations", "integrations", "integrations:read", false)]
    [InlineData(null, "integrations", "integrations:read", false)]
    public void The_silo_calls_the_gateway_and_nobody_calls_anybody_else(string? caller, string called, string permission, bool may) =>
        Assert.Equal(may, ServiceCalls.Allows(caller, called, permission));
}
