using ComplianceGrid.Employees;
using ComplianceGrid.Policies;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Silo.Tests.Hosting;

/// <summary>Orleans on PostgreSQL by our own SQL: membership, reminders, grain state.</summary>
public sealed class ClusterTests(TestGrid grid) : IClassFixture<TestGrid>
{
    private const string Active = "SELECT count(*) FROM orleans.membership WHERE status = 3";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_silos_are_one_cluster_and_what_one_saved_the_other_answers()
    {
        await using var stays = await TestSilo.StartAsync(grid.Arguments("silo-1"), Ct);
        var key = $"acme/{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):D}";
        await using (var leaves = await TestSilo.StartAsync(grid.Arguments("silo-2"), Ct))
        {
            Assert.Equal(2L, await Db.ScalarAsync<long>(grid.Database.Grid(GridRole.Superuser), Active, Ct));
            Assert.Equal(2, (await leaves.Grains.GetGrain<IManagementGrain>(0).GetHosts(true, Ct)).Count);
            TestSilo.CallAs("acme");
            await leaves.Grains.GetGrain<ITenantPolicyGrain>("acme").Publish(Sample.Policy, 0);
            await leaves.Grains.GetGrain<IEmployeeGrain>(key).Hire(Sample.Employee("E-1", new(2026, 3, 2)));
            await leaves.Grains.GetGrain<IReminded>("one").BeginAsync();
        }

        Assert.Equal(1L, await Db.ScalarAsync<long>(grid.Database.Grid(GridRole.Superuser), Active, Ct));
        TestSilo.CallAs("acme");
        Assert.Equal("E-1", (await stays.Grains.GetGrain<IEmployeeGrain>(key).Get()).Profile.EmployeeNumber);
        var reminded = stays.Grains.GetGrain<IReminded>("one");
        await Eventually.TrueAsync(reminded.WasRemindedAsync, "the reminder reaches the grain on the silo that is left", Ct); // at its first time, or a minute later
        await reminded.EndAsync();
        Assert.Equal(0L, await Db.ScalarAsync<long>(grid.Database.Grid(GridRole.Superuser), "SELECT count(*) FROM orleans.reminder", Ct));
    }
}
