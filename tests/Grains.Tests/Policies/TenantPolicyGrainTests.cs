using ComplianceGrid.Audit;
using ComplianceGrid.Hosting;
using ComplianceGrid.Status;

namespace ComplianceGrid.Policies;

public sealed class TenantPolicyGrainTests(TestGrid grid) : GrainTest(grid)
{
    private ITenantPolicyGrain Policy => Grid.Policy(Tenant);

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
    public async Task What_must_not_be_published_is_refused_and_leaves_nothing()
    {
        await RefusedAsync(GridError.Invalid, () => Policy.Publish(Given.Policy().Policy with { Sites = [] }, 0));
        Assert.Null(await Policy.GetInForce());
    }
}
