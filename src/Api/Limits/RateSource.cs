using ComplianceGrid.Api.Grid;
using ComplianceGrid.Limits;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Limits;

/// <summary>Where permits come from.</summary>
internal interface IRateSource
{
    /// <exception cref="GridException"><see cref="GridError.Unavailable"/>.</exception>
    Task<RateGrant> AskAsync(RateKey key, RateAsk ask);
}

internal sealed class GridRates(IGrainFactory grains, GridConnection connection) : IRateSource
{
    public async Task<RateGrant> AskAsync(RateKey key, RateAsk ask)
    {
        connection.Require();
        var grain = key.Grain;
        using var scope = new TenantScope(TenantKeys.TenantOf(grain)); // a count is asked for before the caller is let in
        return await grains.GetGrain<IRateGrain>(grain).Lease(ask);
    }
}
