using ComplianceGrid.Employees;
using ComplianceGrid.Events;
using ComplianceGrid.Policies;
using ComplianceGrid.Silo.Jobs;
using ComplianceGrid.Silo.Sweeps;
using ComplianceGrid.Silo.Tests.Hosting;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Quartz;

namespace ComplianceGrid.Silo.Tests.Sweeps;

public sealed class DueSweepTests(TestGrid grid) : IClassFixture<TestGrid>
{
    private const string Written = "SELECT version FROM grid.grain_state WHERE grain_key = $1";
    private const string Waiting = "SELECT count(*) FROM grid.grain_state s LEFT JOIN grid.policy p USING (tenant_id) WHERE s.due_at <= now() OR s.policy_version < p.version";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Everything => grid.Database.Grid(GridRole.Superuser);

    [Fact]
    public async Task It_wakes_exactly_who_is_due_or_behind_the_policy_in_force()
    {
        await using var silo = await StartAsync();
        var (acme, zenith) = (await HireAsync(silo, "acme", 6), await HireAsync(silo, "zenith", 3));
        var before = await VersionsAsync([.. acme, .. zenith]);

        TestSilo.CallAs("acme");
        foreach (var key in acme[..2]) await silo.Grains.GetGrain<IEmployeeGrain>(key).Apply(LateIn(key, TimeSpan.FromSeconds(5))); // a write, and then it is due
        foreach (var (key, version) in acme.Zip(before).Take(2)) await Db.UntilAsync(Everything, Written, version + 2, Ct, key);
        await Db.UntilAsync(Everything, Waiting, 0L, Ct);
        Assert.Equal(before.Select((version, i) => version + (i < 2 ? 2 : 0)), await VersionsAsync([.. acme, .. zenith]));

        TestSilo.CallAs("zenith");
        await silo.Grains.GetGrain<ITenantPolicyGrain>("zenith").Publish(Sample.Stricter(Sample.Policy), 1);
        await Db.UntilAsync(Everything, Waiting, 0L, Ct);
        Assert.Equal(before.Select((version, i) => version + (i < 2 ? 2 : i >= 6 ? 1 : 0)), await VersionsAsync([.. acme, .. zenith]));
    }

    [Fact]
    public async Task Its_health_is_the_last_good_end_on_any_silo()
    {
        await using var silo = await StartAsync();
        var schedulers = silo.Services.GetRequiredService<ISchedulerFactory>();
        var job = new JobKey("due-sweep");
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var check = new JobCheck(job, TimeSpan.FromSeconds(30), schedulers, time);
        var context = new HealthCheckContext { Registration = new("sweep", check, HealthStatus.Degraded, []) };
        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(context, Ct)).Status);

        time.Advance(TimeSpan.FromSeconds(31)); // this silo's first moments are over: a sweep must have ended
        await Eventually.TrueAsync(async () => JobEnd.Of(await (await schedulers.GetScheduler(Ct)).GetJobDetail(job, Ct)) is { } end
            && end > time.GetUtcNow() - TimeSpan.FromSeconds(30), "a sweep ends well", Ct);
        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(context, Ct)).Status);

        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(HealthStatus.Degraded, (await check.CheckHealthAsync(context, Ct)).Status);
    }

    [Fact]
    public async Task The_sweeper_s_role_reads_keys_and_times_and_nothing_else()
    {
        const string Readable = """
            SELECT string_agg(c.relname || '.' || a.attname, ' ' ORDER BY c.relname, a.attname)
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0
               AND c.relname <> 'schema_version' -- which migrations ran
               AND has_schema_privilege('grid_sweeper', n.oid, 'USAGE') AND has_column_privilege('grid_sweeper', c.oid, a.attnum, 'SELECT')
            """;
        const string Changeable = """
            SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'p', 'v')
               AND has_any_column_privilege('grid_sweeper', c.oid, 'INSERT, UPDATE') OR n.nspname = 'grid' AND has_table_privilege('grid_sweeper', c.oid, 'DELETE, TRUNCATE')
            """;

        Assert.Equal(
            "grain_state.due_at grain_state.grain_key grain_state.policy_version grain_state.state_name grain_state.tenant_id policy.tenant_id policy.version",
            await Db.ScalarAsync<string>(Everything, Readable, Ct));
        Assert.Equal(0L, await Db.ScalarAsync<long>(Everything, Changeable, Ct));
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            Db.ScalarAsync<byte[]>(grid.Database.Grid(GridRole.Sweeper), "SELECT payload FROM grid.grain_state", Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private Task<TestSilo> StartAsync() => TestSilo.StartAsync(grid.Arguments(), Ct, builder =>
    {
        builder.AddGridJobs();
        builder.AddDueSweep();
    });

    /// <summary>An order of the required item, whose service time ends in a moment.</summary>
    private static ComplianceEvent LateIn(string employee, TimeSpan time)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new()
        {
            Id = "late",
            Source = "test",
            Type = EventTypes.OrderFact,
            Time = now,
            Namespace = StreamNamespaces.Compliance,
            Key = employee,
            Data = new() { SourceKey = "order/1", SourceVersion = 1, Item = Sample.Policy.Requirements[0].Item, Outcome = FactOutcome.Pending, ObservedAt = now, ExpectedBy = now + time },
        };
    }

    private static async Task<string[]> HireAsync(TestSilo silo, string tenant, int people)
    {
        TestSilo.CallAs(tenant);
        await silo.Grains.GetGrain<ITenantPolicyGrain>(tenant).Publish(Sample.Policy, 0);
        var now = TimeProvider.System.GetUtcNow();
        string[] keys = [.. Enumerable.Range(0, people).Select(_ => $"{tenant}/{Guid.CreateVersion7(now):D}")];
        for (var i = 0; i < people; i++)
            await silo.Grains.GetGrain<IEmployeeGrain>(keys[i]).Hire(Sample.Employee($"E-{i}", DateOnly.FromDateTime(now.UtcDateTime)));
        return keys;
    }

    private async Task<long[]> VersionsAsync(string[] keys)
    {
        var versions = new long[keys.Length];
        for (var i = 0; i < keys.Length; i++) versions[i] = await Db.ScalarAsync<long>(Everything, Written, Ct, keys[i]);
        return versions;
    }
}
