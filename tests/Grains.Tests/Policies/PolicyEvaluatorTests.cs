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
        Assert.Equal((ComplianceStatus.Amber, ReasonCode.Overdue, null), (after.Status, after.Reasons.Single().Code, after.NextTransitionAt));
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
