using ComplianceGrid.Employees;
using ComplianceGrid.Policies;

namespace ComplianceGrid.Status;

/// <summary>Which requirements a policy has for a person, and in which zone their days begin.</summary>
internal static class Applicability
{
    public static bool AppliesTo(this Requirement requirement, EmployeeProfile profile) =>
        Covers(requirement.Roles.AsSpan(), profile.Roles.AsSpan())
        && Covers(requirement.DotModes.AsSpan(), profile.DotModes.AsSpan())
        && Covers(requirement.Sites.AsSpan(), [profile.Site]);

    /// <summary>The home terminal's zone (49 CFR 395.8), else the site's, else the policy's default.</summary>
    public static TimeZoneInfo ZoneOf(EmployeeProfile profile, Policy policy)
    {
        var site = policy.Sites.FirstOrDefault(s => s.Code == profile.Site)?.TimeZone;
        foreach (var id in (string?[])[profile.HomeTerminalTimeZone, site, policy.DefaultTimeZone])
        {
            // Profiles and policies are validated; a zone that this machine has lost since leaves the next best.
            if (id is not null && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone)) return zone;
        }

        return TimeZoneInfo.Utc;
    }

    private static bool Covers<T>(ReadOnlySpan<T> asked, ReadOnlySpan<T> held)
    {
        if (asked.IsEmpty) return true;
        foreach (var one in asked)
        {
            foreach (var other in held)
            {
                if (EqualityComparer<T>.Default.Equals(one, other)) return true;
            }
        }

        return false;
    }
}
