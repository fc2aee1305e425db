using ComplianceGrid.Hosting;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Parking;

/// <summary>Called by a client, which knows nothing of PostgreSQL.</summary>
public sealed class ParkedEventsGrainTests(TestGrid grid) : GrainTest(grid)
{
    [Fact]
    public async Task A_database_that_is_away_is_said_to_be_away()
    {
        await using var client = await Grid.ConnectAsync();
        Assert.Empty(await ListAsync(client));
        await Grid.LetNobodyInAsync(true);
        try
        {
            await RefusedAsync(GridError.Unavailable, () => ListAsync(client));
        }
        finally
        {
            await Grid.LetNobodyInAsync(false);
        }

        Assert.Empty(await ListAsync(client));
    }

    [Fact]
    public async Task A_statement_that_the_database_refuses_is_a_fault()
    {
        await using var client = await Grid.ConnectAsync();
        await Grid.ValueAsync<object>("REVOKE SELECT ON grid.parked_event FROM grid_silo");
        try
        {
            await RefusedAsync(GridError.Fault, () => ListAsync(client));
        }
        finally
        {
            await Grid.ValueAsync<object>("GRANT SELECT ON grid.parked_event TO grid_silo");
        }
    }

    private async Task<IReadOnlyList<ParkedEvent>> ListAsync(TestClient client)
    {
        RequestContext.Set(CallContext.Tenant, Tenant.Value);
        return await client.Grains.GetGrain<IParkedEventsGrain>(Tenant.Value).List(null, 10);
    }
}
