using ComplianceGrid.Status;

namespace ComplianceGrid.Policies;

public sealed class PolicyEvaluatorTests
{
    private static readonly PolicyVersion InForce = Given.Policy() with
    {
        Policy = Given.Policy().Policy with { DefaultTimeZone = "America/Chicago", ReviewDueOn = new(2026, 6, 30), CoverageTargetPercent = 95 },
    };

    [Fact]
    public void It_is_green_in_force_and_amber_from_the_midnight_after_its_review_day()
    {
        var midnight = Given.Utc(2026, 7, 1, 5);
        var before = PolicyEvaluator.Evaluate(InForce, midnight.AddTicks(-1));
        Assert.Equal((ComplianceStatus.Green, midnight, ComplianceStatus.Amber), (before.Status, before.NextTransitionAt, before.NextStatus));
        var after = PolicyEvaluator.Evaluate(InForce, midnight);
        Assert.Equal((ComplianceStatus.Amber, ReasonCode.Overdue, null, 3), (after.Status, after.Reasons.Single().Code, after.NextTransitionAt, after.PolicyVersion));
        Assert.Equal((midnight, new DateOnly(2026, 6, 30), Audience.Everyone), (after.Reasons[0].Since, after.Reasons[0].DueOn, after.Reasons[0].Audience));
    }

    [Fact]
    public void A_review_that_is_overdue_is_said_before_coverage()
    {
        var low = new PolicyCoverage(1, 100);
        var before = PolicyEvaluator.Evaluate(InForce, Given.Utc(2026, 7, 1, 5).AddTicks(-1), low);
        Assert.Equal((ReasonCode.CoverageBelowTarget, Audience.Everyone), (before.Reasons.Single().Code, before.Reasons[0].Audience));
        Assert.Equal(ReasonCode.Overdue, PolicyEvaluator.Evaluate(InForce, Given.Utc(2026, 7, 1, 5), low).Reasons.Single().Code);
    }

    [Fact]
    public void Without_a_review_day_it_is_never_overdue_and_in_a_zone_that_is_lost_days_are_of_UTC()
    {
        var never = InForce with { Policy = InForce.Policy with { ReviewDueOn = null } };
        Assert.Equal((ComplianceStatus.Green, null), (PolicyEvaluator.Evaluate(never, Given.Utc(2199, 1, 1)).Status, PolicyEvaluator.Evaluate(never, Given.Monday).NextTransitionAt));
        var lost = InForce with { Policy = InForce.Policy with { DefaultTimeZone = "Mars/Olympus" } };
        Assert.Equal(Given.Utc(2026, 7, 1), PolicyEvaluator.Evaluate(lost, Given.Monday).NextTransitionAt);
    }

    [Theory]
    [InlineData(95, 100, ComplianceStatus.Green)]
    [InlineData(94, 100, ComplianceStatus.Amber)]
    [InlineData(949, 1000, ComplianceStatus.Amber)]
    [InlineData(0, 0, ComplianceStatus.Green)]
    public void Coverage_below_its_target_is_amber(long green, long employed, ComplianceStatus expected)
    {
        var assessment = PolicyEvaluator.Evaluate(InForce, Given.Monday, new(green, employed));
        Assert.Equal(expected, assessment.Status);
        if (expected == ComplianceStatus.Amber) Assert.Equal(ReasonCode.CoverageBelowTarget, assessment.Reasons.Single().Code);
    }
}
