using ComplianceGrid.Api.Grid;
using ComplianceGrid.Identity;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Identity.Sessions;

/// <summary>The grid's sessions, each called in its own tenant's name.</summary>
internal interface ISessions
{
    /// <exception cref="GridException"><see cref="GridError.NotFound"/>, <see cref="GridError.Unavailable"/>.</exception>
    Task<SessionRecord> GetAsync(SessionKey key);

    Task TouchAsync(SessionKey key, DateTimeOffset at);
}

internal sealed class GridSessions(IGrainFactory grains, GridConnection connection) : ISessions
{
    public async Task<SessionRecord> GetAsync(SessionKey key)
    {
        using var scope = new TenantScope(key.Tenant);
        return await Grain(key).Get();
    }

    public async Task TouchAsync(SessionKey key, DateTimeOffset at)
    {
        using var scope = new TenantScope(key.Tenant);
        await Grain(key).Touch(at);
    }

    private ISessionGrain Grain(SessionKey key)
    {
        connection.Require();
        return grains.GetGrain<ISessionGrain>(key.ToString());
    }
}
