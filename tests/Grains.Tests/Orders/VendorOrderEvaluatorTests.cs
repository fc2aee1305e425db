using ComplianceGrid.Events;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Orders;

public sealed class VendorOrderEvaluatorTests
{
    private static readonly DateTimeOffset Placed = Given.Monday, Expected = Placed.AddDays(7);

    private static readonly PlaceOrder Order = new()
    {
        Employee = EmployeeKey.Parse("acme/0190a7c0-0000-7000-8000-000000000002"),
        Vendor = "quest",
        Product = "dot5",
        Item = Given.DrugTest,
        ServiceDays = 7,
        Dot = true,
        Audience = Audience.DrugAndAlcohol,
    };

    [Fact]
    public void It_is_green_until_its_service_time_ends_and_then_amber_for_good()
    {
        var before = Evaluate(Expected.AddTicks(-1));
        Assert.Equal((ComplianceStatus.Green, Expected, ComplianceStatus.Amber, 0), (before.Status, before.NextTransitionAt, before.NextStatus, before.PolicyVersion));
        Assert.Empty(before.Reasons);
        var after = Evaluate(Expected, Given.Fact(FactOutcome.Pending, Placed));
        Assert.Equal((ComplianceStatus.Amber, null, null), (after.Status, after.NextTransitionAt, after.NextStatus));
        var reason = after.Reasons.Single();
        Assert.Equal((ReasonCode.VendorLate, ComplianceStatus.Amber, Given.DrugTest, Audience.DrugAndAlcohol),
            (reason.Code, reason.Status, reason.Requirement, reason.Audience));
    }

    [Theory]
    [InlineData(FactOutcome.Satisfied, ComplianceStatus.Green, null)]
    [InlineData(FactOutcome.Cancelled, ComplianceStatus.Green, null)]
    [InlineData(FactOutcome.AwaitingReview, ComplianceStatus.Amber, ReasonCode.AwaitingReview)]
    [InlineData(FactOutcome.Failed, ComplianceStatus.Red, ReasonCode.Failed)]
    [InlineData(FactOutcome.Prohibited, ComplianceStatus.Red, ReasonCode.Failed)]
    public void A_result_settles_it_whether_late_or_not(FactOutcome outcome, ComplianceStatus status, ReasonCode? code)
    {
        foreach (var at in new[] { Placed, Expected, Expected.AddDays(1) })
        {
            var assessment = VendorOrderEvaluator.Evaluate(Order with { Dot = false }, Placed, [Given.Fact(outcome, Placed)], at);
            Assert.Equal((status, code, null), (assessment.Status, assessment.Reasons.SingleOrDefault()?.Code, assessment.NextTransitionAt));
        }
    }

    [Fact]
    public void A_DOT_test_under_medical_review_is_pending_and_so_can_be_late()
    {
        var review = Given.Fact(FactOutcome.AwaitingReview, Placed);
        Assert.Equal(ComplianceStatus.Green, Evaluate(Placed, review).Status);
        Assert.Equal(ReasonCode.VendorLate, Evaluate(Expected, review).Reasons.Single().Code);
    }

    private static StatusAssessment Evaluate(DateTimeOffset now, params Fact[] facts) => VendorOrderEvaluator.Evaluate(Order, Placed, [.. facts], now);
}
