using System.Text.Json;
using ComplianceGrid.Events;
using ComplianceGrid.TestKit;
using static ComplianceGrid.Status.Given;

namespace ComplianceGrid.Status;

/// <summary>The rows of <see cref="RequirementJudge"/>'s table.</summary>
public sealed class GateTests
{
    private static readonly DateTimeOffset Ordered = Monday, Late = Monday.AddDays(7), Now = Monday.AddDays(1);

    [Theory]
    [InlineData(FactOutcome.Pending), InlineData(FactOutcome.Satisfied), InlineData(FactOutcome.AwaitingReview), InlineData(FactOutcome.Failed)]
    [InlineData(FactOutcome.Prohibited), InlineData(FactOutcome.Cancelled)]
    public void One_fact_reads_as_docs_status_md_says(FactOutcome outcome)
    {
        var (status, kind) = StatusTables.ReasonOf(JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString()));
        Expect(PreEmploymentTest, Now, Enum.Parse<ComplianceStatus>(status, ignoreCase: true), kind == "satisfied" ? null : Enum.Parse<ReasonCode>(kind, ignoreCase: true), Fact(outcome, Ordered));
    }

    [Fact]
    public void Nothing_on_file_is_red_missing_before_work() =>
        Expect(PreEmploymentTest, Now, ComplianceStatus.Red, ReasonCode.Missing);

    [Fact]
    public void Pending_is_red_before_work_and_says_what_is_awaited()
    {
        var reason = Expect(PreEmploymentTest, Now, ComplianceStatus.Red, ReasonCode.Pending, Fact(FactOutcome.Pending, Ordered, by: Late));
        Assert.Equal("awaiting pre-employment drug test result", reason!.Text);
        Assert.Equal("49 CFR 382.301", reason.Citation);
        Assert.Equal(Ordered, reason.Since);
        Assert.Equal(new DateOnly(2026, 3, 9), reason.DueOn);
        Assert.Equal(Audience.DrugAndAlcohol, reason.Audience);
    }

    [Fact]
    public void Pending_past_the_service_time_is_vendor_late_red_before_work_and_amber_by_date()
    {
        Fact[] order = [Fact(FactOutcome.Pending, Ordered, by: Late)];
        Expect(PreEmploymentTest, Late.AddTicks(-1), ComplianceStatus.Red, ReasonCode.Pending, order);
        Expect(PreEmploymentTest, Late, ComplianceStatus.Red, ReasonCode.VendorLate, order);
        Fact[] handbook = [Fact(FactOutcome.Pending, Ordered, "handbook", by: Late)];
        Expect(Handbook, Late.AddTicks(-1), ComplianceStatus.Green, null, handbook);
        Expect(Handbook, Late, ComplianceStatus.Amber, ReasonCode.VendorLate, handbook);
        Expect(Handbook, Utc(2026, 5, 2, 5), ComplianceStatus.Red, ReasonCode.VendorLate, handbook);
    }

    [Fact]
    public void By_date_is_green_then_due_soon_then_overdue_at_local_midnights()
    {
        // Hired 2 March, due within 60 days: 1 May; amber from 30 days before, 1 April; Chicago is five hours behind.
        Expect(Handbook, Utc(2026, 4, 1, 5).AddTicks(-1), ComplianceStatus.Green, null);
        var soon = Expect(Handbook, Utc(2026, 4, 1, 5), ComplianceStatus.Amber, ReasonCode.DueSoon);
        Assert.Equal(new DateOnly(2026, 5, 1), soon!.DueOn);
        Expect(Handbook, Utc(2026, 5, 2, 5).AddTicks(-1), ComplianceStatus.Amber, ReasonCode.DueSoon);
        Expect(Handbook, Utc(2026, 5, 2, 5), ComplianceStatus.Red, ReasonCode.Overdue);
        Expect(Handbook, Utc(2026, 5, 2, 5), ComplianceStatus.Red, ReasonCode.Overdue, Fact(FactOutcome.Pending, Ordered, "handbook"));
    }

    [Fact]
    public void Awaiting_review_is_red_before_work_amber_by_date_and_amber_while_an_earlier_result_stands()
    {
        Expect(PreEmploymentTest, Now, ComplianceStatus.Red, ReasonCode.AwaitingReview, Fact(FactOutcome.AwaitingReview, Ordered));
        Expect(Handbook, Now, ComplianceStatus.Amber, ReasonCode.AwaitingReview, Fact(FactOutcome.AwaitingReview, Ordered, "handbook"));
        Expect(Handbook, Utc(2026, 5, 2, 5), ComplianceStatus.Red, ReasonCode.AwaitingReview, Fact(FactOutcome.AwaitingReview, Ordered, "handbook"));
        Expect(PreEmploymentTest, Now, ComplianceStatus.Amber, ReasonCode.AwaitingReview,
            Fact(FactOutcome.Satisfied, Ordered), Fact(FactOutcome.AwaitingReview, Ordered.AddHours(1), key: "order/2"));
    }

    [Fact]
    public void A_DOT_test_under_medical_review_reads_pending()
    {
        var data = new EventData
        {
            SourceKey = "order/1",
            SourceVersion = 2,
            Item = DrugTest,
            Outcome = FactOutcome.AwaitingReview,
            ObservedAt = Ordered,
            Dot = true,
        };
        Expect(PreEmploymentTest, Now, ComplianceStatus.Red, ReasonCode.Pending, [.. FactBook.Apply([], data)]);
    }

    [Fact]
    public void A_valid_result_governs_while_a_newer_order_is_pending_until_the_vendor_is_late()
    {
        Fact[] facts = [Fact(FactOutcome.Satisfied, Ordered.AddDays(-9)), Fact(FactOutcome.Pending, Ordered, key: "order/2", by: Late)];
        Expect(PreEmploymentTest, Now, ComplianceStatus.Green, null, facts);
        Expect(PreEmploymentTest, Late, ComplianceStatus.Amber, ReasonCode.VendorLate, facts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void An_order_not_newer_than_the_result_is_nobodys_concern(int hours) =>
        Expect(PreEmploymentTest, Late, ComplianceStatus.Green, null,
            Fact(FactOutcome.Pending, Ordered, by: Late), Fact(FactOutcome.Satisfied, Ordered.AddHours(hours), key: "order/2"));

    [Theory]
    [InlineData(FactOutcome.Failed, ReasonCode.Failed)]
    [InlineData(FactOutcome.Prohibited, ReasonCode.Prohibited)]
    public void An_adverse_result_governs_until_a_later_satisfied_one(FactOutcome outcome, ReasonCode code)
    {
        var passed = Fact(FactOutcome.Satisfied, Ordered.AddDays(-9));
        var adverse = Fact(outcome, Ordered, key: "order/2");
        var retest = Fact(FactOutcome.Pending, Ordered.AddHours(1), key: "order/3");
        var review = Fact(FactOutcome.AwaitingReview, Ordered.AddHours(2), key: "order/4");
        Expect(PreEmploymentTest, Now, ComplianceStatus.Red, code, passed, adverse, retest, review);
        Expect(PreEmploymentTest, Now, ComplianceStatus.Green, null, passed, adverse, Fact(FactOutcome.Satisfied, Ordered.AddHours(1), key: "order/3"));
        Expect(PreEmploymentTest, Now, ComplianceStatus.Red, code, adverse, Fact(FactOutcome.Satisfied, Ordered, key: "order/1"));
    }

    [Fact]
    public void Bad_news_of_a_fast_clock_counts_at_once_and_good_news_waits()
    {
        Expect(PreEmploymentTest, Now, ComplianceStatus.Red, ReasonCode.Failed,
            Fact(FactOutcome.Satisfied, Ordered), Fact(FactOutcome.Failed, Now.AddDays(3), key: "order/2"));
        Fact[] good = [Fact(FactOutcome.Satisfied, Now.AddMinutes(5))];
        Expect(PreEmploymentTest, Now, ComplianceStatus.Red, ReasonCode.Missing, good);
        Expect(PreEmploymentTest, Now.AddMinutes(5), ComplianceStatus.Green, null, good);
    }

    [Fact]
    public void An_item_counts_from_its_effective_day_in_the_persons_zone()
    {
        Fact[] facts = [Fact(FactOutcome.Satisfied, Monday, from: new(2026, 3, 10))];
        Expect(PreEmploymentTest, Utc(2026, 3, 10, 5).AddTicks(-1), ComplianceStatus.Red, ReasonCode.Missing, facts);
        Expect(PreEmploymentTest, Utc(2026, 3, 10, 5), ComplianceStatus.Green, null, facts);
    }

    [Fact]
    public void A_cancelled_or_withdrawn_fact_does_not_count()
    {
        Expect(PreEmploymentTest, Now, ComplianceStatus.Red, ReasonCode.Missing, Fact(FactOutcome.Cancelled, Ordered));
        Expect(PreEmploymentTest, Now, ComplianceStatus.Green, null, Fact(FactOutcome.Satisfied, Ordered), Fact(FactOutcome.Cancelled, Now, key: "order/2"));
    }

    private static StatusReason? Expect(Policies.Requirement requirement, DateTimeOffset at, ComplianceStatus status, ReasonCode? code, params Fact[] facts)
    {
        var assessment = StatusEvaluator.Evaluate(Facts(Driver(), facts), Policy(requirement), at);
        Assert.Equal((status, code), (assessment.Status, assessment.Reasons.FirstOrDefault()?.Code));
        return assessment.Reasons.SingleOrDefault();
    }
}
