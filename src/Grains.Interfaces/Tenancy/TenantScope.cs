namespace ComplianceGrid.Tenancy;

/// <summary>Calls of grains between its making and its disposal are made for this tenant; then the former one is back.</summary>
public readonly struct TenantScope : IDisposable
{
    private readonly object? _before;

    public TenantScope(TenantId tenant)
    {
        _before = RequestContext.Get(CallContext.Tenant);
        RequestContext.Set(CallContext.Tenant, tenant.Value);
    }

    public void Dispose()
    {
        if (_before is null) RequestContext.Remove(CallContext.Tenant);
        else RequestContext.Set(CallContext.Tenant, _before);
    }
}
