using ComplianceGrid.Hosting;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Limits;

public sealed class RateGrainTests(TestGrid grid) : GrainTest(grid)
{
    private IRateGrain Count => Grid.Rate(Tenant, Key.Employee);

    [Fact]
    public async Task Of_two_processes_that_ask_at_once_both_together_get_the_limit()
    {
        await using var one = await Grid.ConnectAsync();
        await using var other = await Grid.ConnectAsync();
        Guid[] holders = [new(1, 0, 0, new byte[8]), new(2, 0, 0, new byte[8])];
        var grants = await Task.WhenAll(Enumerable.Range(0, 400).Select(n => Task.Run(async () =>
        {
            using var scope = new TenantScope(Tenant);
            return (Holder: n % 2, Grant: await (n % 2 == 0 ? one : other).Grains.GetGrain<IRateGrain>(TenantKeys.Format(Tenant, Key.Employee)).Lease(Ask(holders[n % 2], 0, 1 + (n / 2))));
        })));
        Assert.Equal(100, grants.GroupBy(it => it.Holder).Sum(of => of.Max(it => it.Grant.Granted)));
        Assert.Equal(0, grants.Min(it => it.Grant.Left));
    }

    [Fact]
    public async Task A_silo_that_died_is_told_again_by_who_holds_a_lease()
    {
        var holder = new Guid(1, 0, 0, new byte[8]);
        var grant = await Count.Lease(Ask(holder, 0, 20));
        Assert.Equal((20, 80), (grant.Granted, grant.Left));
        await Grid.RestartAsync();
        var after = await Count.Lease(Ask(holder, grant.Granted, 30) with { Number = grant.Number });
        Assert.Equal((grant.Number, 30, 70), (after.Number, after.Granted, after.Left));
    }

    [Fact]
    public async Task An_ask_without_sense_is_refused()
    {
        var count = Count;
        await RefusedAsync(GridError.Invalid, () => count.Lease(Ask(Guid.Empty, 0, 1) with { Limit = 0 }));
        await RefusedAsync(GridError.Invalid, () => count.Lease(Ask(Guid.Empty, 0, 1) with { Window = TimeSpan.Zero }));
        await RefusedAsync(GridError.Invalid, () => count.Lease(Ask(Guid.Empty, -1, 1)));
    }

    private static RateAsk Ask(Guid holder, long held, long upTo) =>
        new() { Holder = holder, Limit = 100, Window = TimeSpan.FromMinutes(1), Number = 0, Held = held, UpTo = upTo };
}
