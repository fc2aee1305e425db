using System.Collections.Immutable;
using ComplianceGrid.Policies;

namespace ComplianceGrid.Status;

/// <summary>The status and the clearances of a person: a function of facts, policy and time alone.</summary>
public static class StatusEvaluator
{
    /// <summary>
    /// Overall the worst requirement. Without policy, or for who is not employed (any more), red with that one reason.
    /// </summary>
    public static StatusAssessment Evaluate(EmployeeFacts facts, PolicyVersion? policy, DateTimeOffset now)
    {
        var timelines = EmployeeTimelines.Of(facts, policy);
        return Assessments.Of(timelines.ReasonsAt(now), timelines.StatusAt, timelines.ChangesAfter(now), now, policy?.Version ?? 0);
    }

    /// <summary>
    /// Allowed only if nothing that conditions the function is red. An unknown person, policy or function is prohibited.
    /// </summary>
    public static Clearance Clear(EmployeeFacts facts, PolicyVersion? policy, string function, DateTimeOffset at)
    {
        var conditions = EmployeeTimelines.Of(facts, policy).Conditions;
        ImmutableArray<StatusReason> prohibiting =
            [.. EmployeeTimelines.Sort(conditions.Where(c => Functions.IsConditionOf(c.Requirement, function)), at)
                .Where(r => r.Status == ComplianceStatus.Red)];
        if (prohibiting.IsEmpty && !Functions.IsKnown(function, policy!.Policy, facts.Profile!))
            prohibiting = [StandingReasons.UnknownFunction(function)];

        return new()
        {
            Allowed = prohibiting.IsEmpty,
            Function = function,
            At = at,
            Reasons = prohibiting,
            PolicyVersion = policy?.Version ?? 0,
        };
    }
}
