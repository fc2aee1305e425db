using ComplianceGrid.Audit;
using ComplianceGrid.Hosting;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Policies;

public sealed class TenantPolicyGrainTests(TestGrid grid) : GrainTest(grid)
{
    private ITenantPolicyGrain Policy => Grid.Policy(Tenant);

    private async Task<DateTimeOffset?> DueAt() =>
        await Grid.ValueAsync<DateTime?>("SELECT due_at FROM grid.grain_state WHERE tenant_id = $1 AND state_name = 'policy'", Tenant.Value);

    [Fact]
    public async Task Versions_count_from_one_and_publishing_the_same_again_changes_nothing()
    {
        await RefusedAsync(GridError.NoPolicy, () => Policy.Get());
        Assert.Null(await Policy.GetInForce());
        var first = await PublishAsync(Given.Handbook);
        Assert.Equal((1, "user-1", Given.Monday, 0), (first.InForce.Version, first.InForce.PublishedBy, first.InForce.InForceSince, first.History.Length));
        Assert.Equal(1, (await PublishAsync(Given.Handbook)).InForce.Version); // repeated with the version that was seen
        Grid.Clock.Now = Given.Monday.AddDays(1);
        await RefusedAsync(GridError.PreconditionFailed, () => Policy.Publish(Given.Policy().Policy, 0));
        var second = await Policy.Publish(Given.Policy().Policy, 1);
        Assert.Equal((2, new PolicyHistoryEntry(1, Given.Monday, "user-1")), (second.InForce.Version, second.History.Single()));
        Assert.Equal(2, await Grid.ValueAsync<int>("SELECT version FROM grid.policy WHERE tenant_id = $1", Tenant.Value));
        Assert.Equal(2, (await Grid.AuditAsync(Tenant)).Count(e => e.Action == AuditAction.PolicyUpdated));
    }

    [Fact]
    public async Task A_review_that_is_overdue_turns_its_row_amber_on_refresh()
    {
        var policy = Given.Policy().Policy with { ReviewDueOn = new(2026, 6, 30) };
        Assert.Equal(Given.Utc(2026, 7, 1), (await Policy.Publish(policy, 0)).Assessment.NextTransitionAt);
        Grid.Clock.Now = Given.Utc(2026, 7, 1);
        Assert.Equal(ComplianceStatus.Amber, (await Policy.Get()).Assessment.Status);
        await Policy.Refresh();
        Assert.Equal((short)1, await Grid.ValueAsync<short>("SELECT status FROM grid.policy WHERE tenant_id = $1", Tenant.Value));
    }

    [Fact]
    public async Task It_is_amber_while_fewer_than_its_target_are_green_and_puts_that_on_record()
    {
        var target = Given.Policy(Given.CertificateOnFile).Policy with { CoverageTargetPercent = 50 };
        Assert.Equal(ComplianceStatus.Green, (await Policy.Publish(target, 0)).Assessment.Status); // of nobody
        EmployeeKey[] people = [Key, Key with { Employee = Guid.CreateVersion7(Given.Monday.AddSeconds(1)) }];
        foreach (var (key, n) in people.Select((key, n) => (key, n))) await Grid.Employee(key).Hire(Given.Driver() with { EmployeeNumber = $"E{n}" });
        var below = (await Policy.Get()).Assessment;
        Assert.Equal((ComplianceStatus.Amber, ReasonCode.CoverageBelowTarget), (below.Status, below.Reasons.Single().Code));

        Assert.Equal(Given.Monday + PolicyCommit.LookAgainAfter, await DueAt()); // nothing of the employees' wakes it
        Grid.Clock.Now = Given.Monday + PolicyCommit.LookAgainAfter;
        await Policy.Refresh();
        Assert.Equal((short)1, await Grid.ValueAsync<short>("SELECT status FROM grid.policy WHERE tenant_id = $1", Tenant.Value));
        Assert.Equal(Grid.Clock.Now + PolicyCommit.LookAgainAfter, await DueAt());
        Assert.Contains((await Grid.AuditAsync(Tenant)), e => e is { Action: AuditAction.StatusChanged, Resource: "policies" }
            && e.Details!.Contains("\"from\":\"green\",\"to\":\"amber\",\"reasons\":[\"GRID-2", StringComparison.Ordinal));

        await Grid.Employee(people[0]).Apply(Event(Events.StreamNamespaces.Compliance, people[0].ToString(), new()
        {
            SourceKey = "order/1",
            SourceVersion = 1,
            Item = Given.Certificate,
            Outcome = Events.FactOutcome.Satisfied,
            ObservedAt = Given.Monday,
            ExpiresOn = new(2026, 12, 1),
        }));
        Assert.Equal(ComplianceStatus.Green, (await Policy.Get()).Assessment.Status); // one of two
        Grid.Clock.Now = Given.Utc(2026, 12, 3); // expired, though nobody has refreshed the person
        Assert.Equal(ComplianceStatus.Amber, (await Policy.Get()).Assessment.Status);
    }

    [Fact]
    public async Task Without_a_target_only_its_review_wakes_it()
    {
        await Policy.Publish(Given.Policy().Policy with { CoverageTargetPercent = 0 }, 0);
        Assert.Null(await DueAt());
    }

    [Fact]
    public async Task What_must_not_be_published_is_refused_and_leaves_nothing()
    {
        await RefusedAsync(GridError.Invalid, () => Policy.Publish(Given.Policy().Policy with { Sites = [] }, 0));
        Assert.Null(await Policy.GetInForce());
    }
}
