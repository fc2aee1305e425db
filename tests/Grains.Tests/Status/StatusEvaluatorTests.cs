using ComplianceGrid.Employees;
using ComplianceGrid.Events;
using static ComplianceGrid.Status.Given;

namespace ComplianceGrid.Status;

public sealed class StatusEvaluatorTests
{
    [Fact]
    public void Reasons_come_worst_first_then_by_code()
    {
        var policy = Policy(Handbook, CertificateOnFile, PreEmploymentTest);
        var reasons = StatusEvaluator.Evaluate(Facts(Driver()), policy, Utc(2026, 4, 10)).Reasons;
        Assert.Equal(["dot-pre-employment-drug-test", "medical-certificate", "handbook"], reasons.Select(r => r.Requirement));
        Assert.Equal([ComplianceStatus.Red, ComplianceStatus.Red, ComplianceStatus.Amber], reasons.Select(r => r.Status));
    }

    [Fact]
    public void Nobody_asked_anything_is_green_for_ever()
    {
        var assessment = StatusEvaluator.Evaluate(Facts(Driver()), Policy(), Monday);
        Assert.Equal((ComplianceStatus.Green, null, null, 3), (assessment.Status, assessment.NextTransitionAt, assessment.NextStatus, assessment.PolicyVersion));
        Assert.Empty(assessment.Reasons);
        Assert.Empty(assessment.Transitions);
    }

    [Fact]
    public void Without_policy_everybody_is_red()
    {
        var assessment = StatusEvaluator.Evaluate(Facts(Driver()), null, Monday);
        Assert.Equal((ComplianceStatus.Red, ReasonCode.NoPolicy, 0), (assessment.Status, assessment.Reasons.Single().Code, assessment.PolicyVersion));
    }

    [Fact]
    public void Who_was_never_hired_is_red_whatever_is_known()
    {
        var assessment = StatusEvaluator.Evaluate(Facts(null, Fact(FactOutcome.Satisfied, Monday)), Policy(PreEmploymentTest), Monday);
        Assert.Equal((ComplianceStatus.Red, ReasonCode.NotEmployed), (assessment.Status, assessment.Reasons.Single().Code));
    }

    [Fact]
    public void After_the_last_day_only_the_end_of_employment_is_said()
    {
        var facts = Facts(Driver(endedOn: new(2026, 3, 20)));
        var before = StatusEvaluator.Evaluate(facts, Policy(Handbook, PreEmploymentTest), Utc(2026, 3, 21, 5).AddTicks(-1));
        Assert.Equal(ReasonCode.Missing, before.Reasons.Single().Code);
        Assert.Equal(Utc(2026, 3, 21, 5), before.NextTransitionAt);
        var after = StatusEvaluator.Evaluate(facts, Policy(Handbook, PreEmploymentTest), Utc(2026, 3, 21, 5));
        Assert.Equal((ComplianceStatus.Red, ReasonCode.NotEmployed), (after.Status, after.Reasons.Single().Code));
        Assert.Null(after.NextTransitionAt);
    }

    [Theory]
    [InlineData("warehouse", null, "chicago", false)]
    [InlineData("driver", DotMode.Faa, "chicago", false)]
    [InlineData("driver", DotMode.Fmcsa, "havana", false)]
    [InlineData("driver", null, "chicago", false)]
    [InlineData("driver", DotMode.Fmcsa, "chicago", true)]
    public void A_requirement_applies_by_role_mode_and_site_together(string role, DotMode? mode, string site, bool applies)
    {
        var profile = Driver(site) with { Roles = ["clerk", role], DotModes = mode is { } m ? [m] : [] };
        var requirement = PreEmploymentTest with { Roles = ["driver", "mechanic"], DotModes = [DotMode.Fmcsa], Sites = ["chicago"] };
        Assert.Equal(applies, !StatusEvaluator.Evaluate(Facts(profile), Policy(requirement), Monday).Reasons.IsEmpty);
    }

    [Fact]
    public void A_change_of_a_reasons_words_alone_is_a_transition_too()
    {
        var late = Monday.AddDays(7);
        var assessment = StatusEvaluator.Evaluate(Facts(Driver(), Fact(FactOutcome.Pending, Monday, by: late)), Policy(PreEmploymentTest), Monday);
        Assert.Equal((late, ComplianceStatus.Red), (assessment.NextTransitionAt, assessment.NextStatus));
        Assert.Empty(assessment.Transitions);
    }
}
