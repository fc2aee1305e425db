using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Silo.Tests.Tenancy;

/// <summary>A tenant's grain that says which one it is.</summary>
[Alias("ITenantProbe")]
public interface ITenantProbe : ITenantGrain
{
    [Alias("Key")] Task<string> Key();
}

/// <summary>The same of a grain that belongs to no tenant.</summary>
[Alias("ICommonProbe")]
public interface ICommonProbe : IGrainWithStringKey
{
    [Alias("Key")] Task<string> Key();
}

internal sealed class TenantProbe : Grain, ITenantProbe
{
    public Task<string> Key() => Task.FromResult(this.GetPrimaryKeyString());
}

internal sealed class CommonProbe : Grain, ICommonProbe
{
    public Task<string> Key() => Task.FromResult(this.GetPrimaryKeyString());
}
