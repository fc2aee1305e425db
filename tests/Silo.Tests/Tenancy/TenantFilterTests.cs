using ComplianceGrid.Employees;
using ComplianceGrid.Policies;
using ComplianceGrid.Silo.Tests.Hosting;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Silo.Tests.Tenancy;

public sealed class TenantFilterTests(TestGrid grid) : IClassFixture<TestGrid>
{
    private const string Refusal = """
        SELECT concat_ws('|', action, user_id, user_role, resource, result, error_code, convert_from(record, 'UTF8')::json->'details') FROM audit.audit_log WHERE tenant_id = $1
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_names_another_tenant_or_none_is_refused_and_that_is_on_record()
    {
        await using var silo = await TestSilo.StartAsync(grid.Arguments(), Ct);
        (string? Caller, string Owner, string Recorded)[] calls =
        [
            (null, "no-caller", """{"callerTenant":null}"""),
            ("other", "another", """{"callerTenant":"other"}"""),
            ("\"}evil{\"", "malformed", """{"callerTenant":"malformed"}"""),
        ];

        foreach (var (caller, owner, recorded) in calls)
        {
            TestSilo.CallAs(caller, actor: "mallory", role: "SafetyManager");
            var refused = await Assert.ThrowsAsync<GridException>(() => silo.Grains.GetGrain<IEmployeeGrain>($"{owner}/{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):D}").Get());

            Assert.Equal(GridError.OtherTenant, refused.Error);
            Assert.Equal($"ACCESS_DENIED|mallory|SafetyManager|grains/IEmployeeGrain|FAILURE|GRID-1009|{recorded}",
                await Db.ScalarAsync<string>(grid.Database.Audit(GridRole.AuditWriter), Refusal, Ct, owner));
        }
    }

    [Fact]
    public async Task A_refused_change_changes_nothing_and_the_owner_s_own_goes_through()
    {
        await using var silo = await TestSilo.StartAsync(grid.Arguments(), Ct);
        var policy = silo.Grains.GetGrain<ITenantPolicyGrain>("acme");

        TestSilo.CallAs("acme-2");
        await Assert.ThrowsAsync<GridException>(() => policy.Publish(Sample.Policy, 0));
        Assert.Equal(0L, await Db.ScalarAsync<long>(grid.Database.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.grain_state", Ct));

        TestSilo.CallAs("acme");
        Assert.Equal(1, (await policy.Publish(Sample.Policy, 0)).InForce.Version);
    }
}
