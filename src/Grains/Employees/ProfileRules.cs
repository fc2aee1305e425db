using System.Collections.Immutable;
using ComplianceGrid.Policies;
using ComplianceGrid.Status;
using static ComplianceGrid.Checks;

namespace ComplianceGrid.Employees;

/// <summary>What a profile or a waiver must be to be accepted. Each refusal says what to do.</summary>
internal static class ProfileRules
{
    private const int MaxListed = 32;
    private static readonly DateOnly Earliest = new(1900, 1, 1);

    /// <exception cref="GridException"><see cref="GridError.Invalid"/>.</exception>
    public static void Check(EmployeeProfile profile, PolicyVersion? policy, DateTimeOffset now)
    {
        Text("employeeNumber", profile.EmployeeNumber);
        Text("givenName", profile.GivenName);
        Text("familyName", profile.FamilyName);
        Text("site", profile.Site);
        Optional("email", profile.Email);
        Optional("phone", profile.Phone);
        Listed("roles", profile.Roles);
        foreach (var role in profile.Roles) Text("roles", role);
        Listed("dotModes", profile.DotModes);
        if (!profile.DotModes.All(Enum.IsDefined)) throw Invalid("dotModes has a value that is no DOT agency.");
        if (profile.HiredOn < Earliest || profile.HiredOn > DateOnly.FromDateTime(now.UtcDateTime).AddYears(2))
            throw Invalid("hiredOn is not plausible: give a day after 1900 and at most two years ahead.");
        if (profile.DateOfBirth is { } born && (born < Earliest || born >= profile.HiredOn))
            throw Invalid("dateOfBirth is not plausible: give a day after 1900 and before hiredOn.");
        if (profile.HomeTerminalTimeZone is { } zone && !IsZone(zone))
            throw Invalid("homeTerminalTimeZone is not a known IANA zone: give one such as America/Chicago.");
        if (policy is not null && policy.Policy.Sites.All(site => site.Code != profile.Site))
            throw Invalid($"site is not one of the policy's sites: give one of {string.Join(", ", policy.Policy.Sites.Take(20).Select(s => s.Code))}, or add it to the policy.");
    }

    /// <exception cref="GridException"><see cref="GridError.Invalid"/>.</exception>
    public static void Check(Waiver waiver, PolicyVersion? policy)
    {
        var requirement = policy?.Policy.Requirements.FirstOrDefault(r => r.Code == waiver.Requirement)
            ?? throw Invalid("The policy in force has no such requirement.");
        if (!WaiverRules.IsWaivable(requirement))
            throw Invalid("This requirement cannot be waived: a regulation demands it, or the policy does not mark it waivable.");
        Text("requestedBy", waiver.RequestedBy);
        Text("approvedBy", waiver.ApprovedBy);
        if (string.Equals(waiver.RequestedBy, waiver.ApprovedBy, StringComparison.OrdinalIgnoreCase))
            throw Invalid("A waiver is requested by one person and approved by another.");
    }

    private static void Optional(string field, string? value)
    {
        if (value is not null) Text(field, value);
    }

    private static void Listed<T>(string field, ImmutableArray<T> values)
    {
        if (values.IsDefault || values.Length > MaxListed || values.Distinct().Count() != values.Length)
            throw Invalid($"{field} must be a list of at most {MaxListed} different values.");
    }
}
