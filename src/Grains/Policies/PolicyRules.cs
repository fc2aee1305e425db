using static ComplianceGrid.Checks;

namespace ComplianceGrid.Policies;

/// <summary>What a policy must be to be published. Each refusal says what to do.</summary>
internal static class PolicyRules
{
    private const int MaxSites = 2000, MaxRequirements = 200;

    /// <exception cref="GridException"><see cref="GridError.Invalid"/>.</exception>
    public static void Check(Policy policy)
    {
        Zone("defaultTimeZone", policy.DefaultTimeZone);
        Count("sites", policy.Sites.IsDefault ? -1 : policy.Sites.Length, 1, MaxSites);
        Count("requirements", policy.Requirements.IsDefault ? -1 : policy.Requirements.Length, 0, MaxRequirements);
        Range("coverageTargetPercent", policy.CoverageTargetPercent, 0, 100);
        if (policy.Sites.Contains(null!) || policy.Requirements.Contains(null!)) throw Invalid("sites and requirements must not contain null.");
        Unique("sites", policy.Sites.Select(site => site.Code));
        Unique("requirements", policy.Requirements.Select(requirement => requirement.Code));
        foreach (var site in policy.Sites)
        {
            Text("sites.code", site.Code);
            Text("sites.name", site.Name);
            Zone("sites.timeZone", site.TimeZone);
        }

        foreach (var requirement in policy.Requirements) Check(requirement, policy);
    }

    private static void Check(Requirement requirement, Policy policy)
    {
        Text("requirements.code", requirement.Code);
        Text("requirements.title", requirement.Title);
        Text("requirements.item", requirement.Item);
        Range("requirements.amberDays", requirement.AmberDays, 0, 365);
        Range("requirements.dueDaysAfterHire", requirement.DueDaysAfterHire, 0, 3650);
        if (requirement.ValidForMonths is { } months) Range("requirements.validForMonths", months, 1, 1200);
        if (requirement.Citation is { } citation) Text("requirements.citation", citation);
        if (!Enum.IsDefined(requirement.Gate)) throw Invalid($"Requirement {requirement.Code} has an unknown gate: give beforeWork or byDate.");
        if (!Enum.IsDefined(requirement.Audience)) throw Invalid($"Requirement {requirement.Code} has an unknown audience.");
        if (requirement.Roles.IsDefault || requirement.DotModes.IsDefault || requirement.Sites.IsDefault || requirement.Functions.IsDefault)
            throw Invalid($"Requirement {requirement.Code}: roles, dotModes, sites and functions must be lists; empty means all.");
        foreach (var role in requirement.Roles) Text("requirements.roles", role);
        foreach (var function in requirement.Functions) Text("requirements.functions", function);
        if (!requirement.DotModes.All(Enum.IsDefined)) throw Invalid($"Requirement {requirement.Code} names a value that is no DOT agency.");
        if (requirement is { Waivable: true, Citation: not null })
            throw Invalid($"Requirement {requirement.Code} cites a regulation, so nobody can waive it: remove waivable, or the citation if it is your own rule.");
        if (requirement.Order is { } order)
        {
            Text("requirements.order.vendor", order.Vendor);
            Text("requirements.order.product", order.Product);
            Range("requirements.order.serviceDays", order.ServiceDays, 1, 365);
        }

        if (requirement.Sites.FirstOrDefault(code => policy.Sites.All(site => site.Code != code)) is { } unknown)
            throw Invalid($"Requirement {requirement.Code} names the site {unknown}, which is not in sites: add it there.");
        if (requirement.Sites.Length + requirement.Roles.Length + requirement.DotModes.Length + requirement.Functions.Length > MaxSites)
            throw Invalid($"Requirement {requirement.Code} lists too many roles, modes, sites and functions: {MaxSites} in all at most.");
    }

    private static void Zone(string field, string? zone)
    {
        if (zone is null || !IsZone(zone)) throw Invalid($"{field} is not a known IANA zone: give one such as America/Chicago.");
    }

    private static void Count(string field, int count, int min, int max)
    {
        if (count < min || count > max) throw Invalid($"{field} must have {min} to {max} entries.");
    }

    private static void Range(string field, int value, int min, int max)
    {
        if (value < min || value > max) throw Invalid($"{field} must be from {min} to {max}.");
    }

    private static void Unique(string field, IEnumerable<string> codes)
    {
        if (codes.GroupBy(code => code, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw Invalid($"{field} has the code {twice.Key} twice: codes must differ.");
    }
}
