using ComplianceGrid.Status;

namespace ComplianceGrid.Policies;

/// <summary>The policy's own status: green in force, amber once its review is overdue.</summary>
public static class PolicyEvaluator
{
    public static StatusAssessment Evaluate(PolicyVersion version, DateTimeOffset now)
    {
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(version.Policy.DefaultTimeZone, out var found) ? found : TimeZoneInfo.Utc;
        var overdueFrom = version.Policy.ReviewDueOn is { } due ? LegalDay.EndOf(due, zone) : DateTimeOffset.MaxValue;
        return Assessments.Of(
            Timeline.Of(at => at >= overdueFrom ? ReviewOverdue(version.Policy.ReviewDueOn, overdueFrom) : null, [overdueFrom]), now, version.Version);
    }

    private static StatusReason ReviewOverdue(DateOnly? due, DateTimeOffset since) => new()
    {
        Code = ReasonCode.Overdue,
        Status = ComplianceStatus.Amber,
        Requirement = "policy-review",
        Text = $"the policy's review was due by {due:yyyy-MM-dd}",
        Since = since,
        DueOn = due,
        Remedy = "review the policy and publish it with a new review date",
        Audience = Audience.Everyone,
    };
}
