using System.Collections.Immutable;
using ComplianceGrid.Events;
using ComplianceGrid.Status;

namespace ComplianceGrid.Orders;

/// <summary>An order's own status: green on time or done, amber late or awaiting a decision, red failed.</summary>
public static class VendorOrderEvaluator
{
    public static StatusAssessment Evaluate(PlaceOrder order, DateTimeOffset placedAt, ImmutableArray<Fact> facts, DateTimeOffset now)
    {
        var expectedBy = placedAt.AddDays(order.ServiceDays);
        return Assessments.Of(Timeline.Of(at => At(OrderOutcomes.Of(facts, order.Dot), at), [expectedBy]), now, policyVersion: 0);

        StatusReason? At(FactOutcome outcome, DateTimeOffset at) => outcome switch
        {
            FactOutcome.Pending when at >= expectedBy => Reason(ReasonCode.VendorLate, ComplianceStatus.Amber, "the vendor is past its service time", "ask the vendor for the result, or order again"),
            FactOutcome.Pending or FactOutcome.Satisfied or FactOutcome.Cancelled => null,
            FactOutcome.AwaitingReview => Reason(ReasonCode.AwaitingReview, ComplianceStatus.Amber, "the result awaits a decision", "decide on the result"),
            FactOutcome.Failed or FactOutcome.Prohibited => Reason(ReasonCode.Failed, ComplianceStatus.Red, "not passed", "a later satisfactory result"),
            _ => throw new ArgumentOutOfRangeException(nameof(facts), outcome, null),
        };

        StatusReason Reason(ReasonCode code, ComplianceStatus status, string text, string remedy) => new()
        {
            Code = code,
            Status = status,
            Requirement = order.Item,
            Text = text,
            Remedy = remedy,
            Audience = order.Audience,
        };
    }
}
