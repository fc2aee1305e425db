using ComplianceGrid.Identity;
using ComplianceGrid.Silo.Identity;
using ComplianceGrid.Silo.Jobs;
using ComplianceGrid.Silo.Sweeps;
using ComplianceGrid.Silo.Tests.Hosting;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Silo.Tests.Identity;

/// <summary>Sessions behind the product's tenant filter, under its sweep and its options.</summary>
public sealed class SessionTenancyTests(TestGrid grid) : IClassFixture<TestGrid>
{
    private static readonly Guid AccountId = new(7, 0, 0, new byte[8]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_account_reaches_a_session_of_any_tenant_and_another_tenant_reaches_none()
    {
        await using var silo = await TestSilo.StartAsync([.. grid.Arguments(), "--Sessions:AtOnce=1"], Ct, builder =>
        {
            builder.AddIdentity();
            builder.AddGridJobs();
            builder.AddDueSweep();
        });
        SessionKey acme = new(new("acme"), new(1, 0, 0, new byte[8])), beta = new(new("beta"), new(2, 0, 0, new byte[8]));
        var start = new StartSession { Account = AccountId, Privileged = false, ClientId = "web" };
        TestSilo.CallAs("system");
        var account = silo.Grains.GetGrain<IAccountGrain>(TenantKeys.OfSystem(AccountId));
        await account.StartSession(acme, start);
        await account.StartSession(beta, start);
        Assert.Equal("system", RequestContext.Get(CallContext.Tenant));
        Assert.Equal(beta, Assert.Single(await account.Sessions()).Key); // the limit is the option's

        foreach (var tenant in new[] { "beta", "system", null })
        {
            TestSilo.CallAs(tenant);
            var session = silo.Grains.GetGrain<ISessionGrain>(acme.ToString());
            foreach (var call in new Func<Task>[] { session.Get, () => session.End(SessionEndReason.Killed), () => session.Start(start), () => session.Touch(default) })
                Assert.Equal(GridError.OtherTenant, (await Assert.ThrowsAsync<GridException>(call)).Error);
        }

        TestSilo.CallAs("acme");
        Assert.Equal(SessionEndReason.TooMany, (await silo.Grains.GetGrain<ISessionGrain>(acme.ToString()).Get()).Ended!.Reason);
        await Assert.ThrowsAsync<GridException>(() => account.EndAll(SessionEndReason.Killed));

        // The sweep knows all three states.
        TestSilo.CallAs("system");
        await silo.Grains.GetGrain<ISignInGuardGrain>(TenantKeys.OfSystem(AccountId)).Begin(acme.Session, null);
        var everything = grid.Database.Grid(GridRole.Superuser);
        await Db.ExecuteAsync(everything, "UPDATE grid.grain_state SET due_at = now() - interval '1 minute'", Ct);
        await Db.UntilAsync(everything, "SELECT count(*) FROM grid.grain_state WHERE due_at <= now() - interval '30 seconds'", 0L, Ct);
    }
}
