using ComplianceGrid.Status;

namespace ComplianceGrid.Policies;

/// <summary>How many employees are green, of how many.</summary>
public readonly record struct PolicyCoverage(long Green, long Employed);

/// <summary>The policy's own status: green in force, amber once its review is overdue or while coverage is below its target.</summary>
public static class PolicyEvaluator
{
    /// <param name="coverage">As counted now. It changes with the employees and not by time: no transition tells of it.</param>
    public static StatusAssessment Evaluate(PolicyVersion version, DateTimeOffset now, PolicyCoverage coverage = default)
    {
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(version.Policy.DefaultTimeZone, out var found) ? found : TimeZoneInfo.Utc;
        var overdueFrom = version.Policy.ReviewDueOn is { } due ? LegalDay.EndOf(due, zone) : DateTimeOffset.MaxValue;
        var belowTarget = coverage.Green * 100 < coverage.Employed * version.Policy.CoverageTargetPercent
            ? BelowTarget(version.Policy.CoverageTargetPercent)
            : null;
        return Assessments.Of(
            Timeline.Of(at => at >= overdueFrom ? ReviewOverdue(version.Policy.ReviewDueOn, overdueFrom) : belowTarget, [overdueFrom]), now, version.Version);
    }

    private static StatusReason BelowTarget(int percent) => new()
    {
        Code = ReasonCode.CoverageBelowTarget,
        Status = ComplianceStatus.Amber,
        Requirement = "policy-coverage",
        Text = $"fewer than {percent} % of employees are green",
        Remedy = "clear the employees who are amber or red, or change the target",
        Audience = Audience.Everyone,
    };

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
