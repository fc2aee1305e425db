using System.Collections.Immutable;
using ComplianceGrid.Status;

namespace ComplianceGrid.Api.Security;

/// <summary>Who may read a reason's words. Anyone else reads the colour and a referral, not even which requirement it is.</summary>
internal static class Audiences
{
    public const string ReferralText = "not cleared: ask the designated employer representative";

    public static bool Includes(this Caller caller, Audience audience) => audience switch
    {
        Audience.Everyone => true,
        Audience.DrugAndAlcohol => caller.May(Permission.PhiRead) && caller.May(Permission.ReasonsDrugAndAlcohol),
        Audience.Medical => caller.May(Permission.PhiRead) && caller.May(Permission.ReasonsMedical),
        Audience.Background => caller.May(Permission.ReasonsBackground),
        _ => false,
    };

    /// <summary>What the caller may read, worst first; all that they may not is one referral, so that its number tells nothing.</summary>
    /// <param name="employee">Whose reasons they are: one's own are all open to oneself.</param>
    public static ImmutableArray<StatusReason> For(this ImmutableArray<StatusReason> reasons, Caller caller, Guid employee)
    {
        if (caller.EmployeeId == employee) return reasons;
        var hidden = reasons.Where(reason => !caller.Includes(reason.Audience)).ToArray();
        if (hidden.Length == 0) return reasons;
        return [.. reasons.Where(reason => caller.Includes(reason.Audience))
            .Append(Referral(hidden.Max(reason => reason.Status)))
            .OrderByDescending(reason => reason.Status).ThenBy(reason => reason.Requirement, StringComparer.Ordinal)];
    }

    private static StatusReason Referral(ComplianceStatus status) => new()
    {
        Code = ReasonCode.Referral,
        Status = status,
        Requirement = "",
        Text = ReferralText,
        Remedy = "Ask the designated employer representative.",
        Audience = Audience.Everyone,
    };
}
