using System.Collections.Immutable;

namespace ComplianceGrid.Status;

public sealed class ReasonsTests
{
    private static readonly StatusReason Test = Reason(ReasonCode.Failed, ComplianceStatus.Red, "dot-pre-employment-drug-test", Audience.DrugAndAlcohol);
    private static readonly StatusReason Query = Reason(ReasonCode.Missing, ComplianceStatus.Red, "clearinghouse", Audience.DrugAndAlcohol);
    private static readonly StatusReason Card = Reason(ReasonCode.Expiring, ComplianceStatus.Amber, "medical-certificate", Audience.Medical);
    private static readonly StatusReason Training = Reason(ReasonCode.Overdue, ComplianceStatus.Red, "training", Audience.Everyone);
    private static readonly ImmutableArray<StatusReason> All = [Query, Test, Training, Card];

    [Fact]
    public void Who_is_inside_reads_the_words_and_no_copy_is_made() =>
        Assert.True(All.For(new HashSet<Audience> { Audience.DrugAndAlcohol, Audience.Medical }) == All);

    [Fact]
    public void Who_is_outside_reads_one_referral_per_colour_and_nothing_else_of_it()
    {
        var seen = All.For(new HashSet<Audience>());
        Assert.Equal([ComplianceStatus.Red, ComplianceStatus.Red, ComplianceStatus.Amber], seen.Select(r => r.Status));
        Assert.Equal([ReasonCode.Referral, ReasonCode.Overdue, ReasonCode.Referral], seen.Select(r => r.Code));
        Assert.Equal("not cleared: ask the designated employer representative", seen[0].Text);
        Assert.All(seen.Where(r => r.Code == ReasonCode.Referral), r =>
            Assert.Equal(("", null, null, null, Audience.Everyone), (r.Requirement, r.Citation, r.Since, r.DueOn, r.Audience)));
        Assert.Equal(Reasons.NeedsAttention, seen[2].Text);
    }

    [Fact]
    public void Each_audience_opens_only_its_own() =>
        Assert.Equal([ReasonCode.Referral, ReasonCode.Overdue, ReasonCode.Expiring], All.For(new HashSet<Audience> { Audience.Medical }).Select(r => r.Code));

    [Fact]
    public void Assessment_and_clearance_keep_their_answer()
    {
        var assessment = new StatusAssessment
        {
            Status = ComplianceStatus.Red,
            Reasons = All,
            NextTransitionAt = null,
            NextStatus = null,
            Transitions = [],
            PolicyVersion = 2,
        }.For(new HashSet<Audience>());
        Assert.Equal((ComplianceStatus.Red, 3, 2), (assessment.Status, assessment.Reasons.Length, assessment.PolicyVersion));
        var clearance = new Clearance { Allowed = false, Function = "drive", At = default, Reasons = [Test], PolicyVersion = 2 }.For(new HashSet<Audience>());
        Assert.Equal((false, ReasonCode.Referral), (clearance.Allowed, clearance.Reasons.Single().Code));
    }

    private static StatusReason Reason(ReasonCode code, ComplianceStatus status, string requirement, Audience audience) => new()
    {
        Code = code,
        Status = status,
        Requirement = requirement,
        Text = requirement + " text",
        Citation = "49 CFR 382.301",
        Since = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        DueOn = new DateOnly(2026, 1, 1),
        Remedy = "do it",
        Audience = audience,
    };
}
