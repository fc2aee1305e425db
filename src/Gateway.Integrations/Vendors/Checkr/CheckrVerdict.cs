using ComplianceGrid.Events;

namespace ComplianceGrid.Gateway.Vendors.Checkr;

/// <summary>
/// What a report says, as a pure table; the first line that fits decides. A word that is not known is never good news:
/// an unknown status is still in progress, an unknown result, assessment or adjudication waits for a person.
/// </summary>
internal static class CheckrVerdict
{
    public static (FactOutcome Outcome, string Word) Of(string status, string? result, string? assessment, string? adjudication)
    {
        // Older payloads put the result in the status.
        if (status is "clear" or "consider") (status, result) = ("complete", result ?? status);
        return (status, result, assessment, adjudication) switch
        {
            ("canceled", _, _, _) => (FactOutcome.Cancelled, "canceled"),
            (_, _, _, "post_adverse_action") => (FactOutcome.Failed, "post_adverse_action"),
            (_, _, _, "engaged" or "pre_adverse_action") => (FactOutcome.AwaitingReview, adjudication),
            ("dispute", _, _, _) => (FactOutcome.AwaitingReview, "dispute"),
            (not "complete", _, _, _) => (FactOutcome.Pending, status),
            (_, _, _, not null) => (FactOutcome.AwaitingReview, adjudication),
            (_, _, "eligible", _) => (FactOutcome.Satisfied, "eligible"), // the customer's own rules, applied to the result
            (_, _, not null, _) => (FactOutcome.AwaitingReview, assessment),
            (_, "clear", _, _) => (FactOutcome.Satisfied, "clear"),
            (_, _, _, _) => (FactOutcome.AwaitingReview, result ?? "complete"),
        };
    }
}
