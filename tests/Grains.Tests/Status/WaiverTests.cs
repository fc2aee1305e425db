using ComplianceGrid.Events;
using static ComplianceGrid.Status.Given;

namespace ComplianceGrid.Status;

public sealed class WaiverTests
{
    private static readonly DateTimeOffset Overdue = Utc(2026, 5, 10);

    [Fact]
    public void Red_becomes_amber_until_the_last_day_ends_and_never_green()
    {
        var facts = Facts(Driver()).Waived(Handbook, new(2026, 5, 20));
        var assessment = StatusEvaluator.Evaluate(facts, Policy(Handbook), Overdue);
        var reason = assessment.Reasons.Single();
        Assert.Equal((ComplianceStatus.Amber, ReasonCode.Waived, new DateOnly(2026, 5, 20)), (reason.Status, reason.Code, reason.DueOn));
        Assert.Equal((Utc(2026, 5, 21, 5), ComplianceStatus.Red), (assessment.NextTransitionAt, assessment.NextStatus));
        Assert.Equal(ReasonCode.Waived, At(Utc(2026, 5, 21, 5).AddTicks(-1)));
        Assert.Equal(ReasonCode.Overdue, At(Utc(2026, 5, 21, 5)));
        Assert.True(StatusEvaluator.Clear(facts, Policy(Handbook), WorkFunctions.Work, Overdue).Allowed);

        ReasonCode At(DateTimeOffset at) => StatusEvaluator.Evaluate(facts, Policy(Handbook), at).Reasons.Single().Code;
    }

    [Fact]
    public void What_is_not_red_is_not_touched()
    {
        var facts = Facts(Driver(), Fact(FactOutcome.Satisfied, Monday, "handbook")).Waived(Handbook, new(2026, 5, 20));
        Assert.Equal(ComplianceStatus.Green, StatusEvaluator.Evaluate(facts, Policy(Handbook), Overdue).Status);
        var soon = StatusEvaluator.Evaluate(Facts(Driver()).Waived(Handbook, new(2026, 5, 20)), Policy(Handbook), Utc(2026, 4, 10));
        Assert.Equal(ReasonCode.DueSoon, soon.Reasons.Single().Code);
    }

    [Fact]
    public void What_the_policy_does_not_mark_or_a_regulation_demands_is_not_waived()
    {
        foreach (var requirement in new[] { Handbook with { Waivable = false }, Handbook with { Citation = "49 CFR 382.301" } })
        {
            var assessment = StatusEvaluator.Evaluate(Facts(Driver()).Waived(requirement, new(2027, 1, 1)), Policy(requirement), Overdue);
            Assert.Equal((ComplianceStatus.Red, ReasonCode.Overdue), (assessment.Status, assessment.Reasons.Single().Code));
        }
    }
}
