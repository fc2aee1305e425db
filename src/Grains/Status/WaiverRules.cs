using ComplianceGrid.Policies;

namespace ComplianceGrid.Status;

internal static class WaiverRules
{
    /// <summary>Only a company's own rule: what a citation demands nobody here may waive, whatever the policy says.</summary>
    public static bool IsWaivable(Requirement requirement) => requirement.Waivable && requirement.Citation is null;
}
