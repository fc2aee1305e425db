using ComplianceGrid.Employees;
using ComplianceGrid.Policies;

namespace ComplianceGrid.Status;

/// <summary>Which requirements condition which function.</summary>
internal static class Functions
{
    /// <summary>
    /// A requirement that names no function conditions all work, and so does one that names <c>work</c>. Driving is a
    /// safety-sensitive function (49 CFR 382.107), so what conditions those conditions driving.
    /// </summary>
    public static bool IsConditionOf(Requirement? requirement, string function) =>
        requirement is null
        || requirement.Functions.IsEmpty
        || requirement.Functions.Any(f => f == function || f == WorkFunctions.Work
            || (f == WorkFunctions.SafetySensitive && function == WorkFunctions.Drive));

    /// <summary>
    /// Work is known to every policy. Another function that requirements name is known for the people whom at least one of
    /// them covers: who has no role that drives meets no condition of driving, and is not cleared for that reason. The
    /// functions of <see cref="WorkFunctions"/> that no requirement names have the conditions of all work.
    /// </summary>
    public static bool IsKnown(string function, Policy policy, EmployeeProfile profile)
    {
        if (function == WorkFunctions.Work) return true;
        var naming = policy.Requirements.Where(r => r.Functions.Contains(function)).ToList();
        return naming.Count > 0
            ? naming.Any(r => r.AppliesTo(profile))
            : function is WorkFunctions.Drive or WorkFunctions.SafetySensitive;
    }
}
