using System.Text.Json;
using ComplianceGrid.Policies;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Silo.Tests.Hosting;

/// <summary>The host as <c>Program</c> runs it.</summary>
public sealed class WholeHostTests(TestGrid grid) : IClassFixture<TestGrid>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_becomes_ready_keeps_partitions_ahead_and_brings_a_change_into_the_audit_log()
    {
        await using var silo = await TestSilo.StartAsync(SiloHost.Create(grid.Arguments()), Ct);
        using var http = new HttpClient { BaseAddress = new(silo.Url) };

        var ready = await http.GetAsync("/health/ready", Ct);
        using var answer = JsonDocument.Parse(await ready.Content.ReadAsStringAsync(Ct));
        Assert.Equal("Healthy", answer.RootElement.GetProperty("status").GetString());
        string[] checks = [.. answer.RootElement.GetProperty("checks").EnumerateObject().Select(check => check.Name)];
        Assert.Superset(
            new HashSet<string> { "database:Grid", "database:Audit", "database:Sweeper", "orleans", "job:due-sweep", "job:audit-partitions", "job:retention", "loop:relay-audit-0", "loop:relay-order-0" },
            checks.ToHashSet());

        await Db.UntilAsync(grid.Database.Audit(GridRole.AuditWriter),
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit.audit_log'::regclass", 4L, Ct); // this month and three after it
        await Eventually.TrueAsync(async () => (await http.GetStringAsync("/metrics", Ct)).Split('\n').Any(line =>
            line.StartsWith("quartz_job_execution_duration", StringComparison.Ordinal) && line.Contains("\"audit-partitions\"", StringComparison.Ordinal)), "each job has its metric", Ct);
        TestSilo.CallAs("acme");
        await silo.Grains.GetGrain<ITenantPolicyGrain>("acme").Publish(Sample.Policy, 0);
        await Db.UntilAsync(grid.Database.Audit(GridRole.AuditWriter), "SELECT action FROM audit.audit_log WHERE tenant_id = 'acme'", "POLICY_UPDATED", Ct);
    }
}
