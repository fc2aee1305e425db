using ComplianceGrid.Api.Http;
using ComplianceGrid.Policies;

namespace ComplianceGrid.Api.Policies;

/// <summary>Which values a policy may have.</summary>
internal static class PolicyChecks
{
    private const int MostSites = 2_000;
    private const int MostRequirements = 500;
    private const int MostCodes = 200;
    private static readonly HashSet<string> Vendors = new(StringComparer.Ordinal) { "checkr" };

    public static void Check(Policy policy)
    {
        if (policy.Sites.IsDefault || policy.Sites.Length > MostSites) throw Fields.Refuse("sites", $"hold at most {MostSites}");
        if (policy.Requirements.IsDefault || policy.Requirements.Length > MostRequirements) throw Fields.Refuse("requirements", $"hold at most {MostRequirements}");
        Fields.Text("defaultTimeZone", policy.DefaultTimeZone, 64);
        Fields.TimeZone("defaultTimeZone", policy.DefaultTimeZone);
        Fields.Within("coverageTargetPercent", policy.CoverageTargetPercent, 0, 100);
        Fields.Day("reviewDueOn", policy.ReviewDueOn);
        foreach (var site in policy.Sites) Check(site);
        foreach (var requirement in policy.Requirements) Check(requirement);
        Unique("sites.code", policy.Sites.Select(site => site.Code));
        Unique("requirements.code", policy.Requirements.Select(requirement => requirement.Code));
    }

    private static void Check(Site? site)
    {
        if (site is null) throw Fields.Refuse("sites", "hold no null");
        Fields.Code("sites.code", site.Code);
        Fields.Text("sites.name", site.Name, 200);
        Fields.Text("sites.timeZone", site.TimeZone, 64);
        Fields.TimeZone("sites.timeZone", site.TimeZone);
        Fields.OptionalText("sites.jurisdiction", site.Jurisdiction, 32);
    }

    private static void Check(Requirement? requirement)
    {
        if (requirement is null) throw Fields.Refuse("requirements", "hold no null");
        Fields.Code("requirements.code", requirement.Code);
        Fields.Text("requirements.title", requirement.Title, 200);
        Fields.Code("requirements.item", requirement.Item);
        Codes("requirements.roles", requirement.Roles);
        Codes("requirements.sites", requirement.Sites);
        Codes("requirements.functions", requirement.Functions);
        if (requirement.DotModes.IsDefault) throw Fields.Refuse("requirements.dotModes", "be a list");
        Fields.Within("requirements.dueDaysAfterHire", requirement.DueDaysAfterHire, 0, 36_500);
        Fields.Within("requirements.validForMonths", requirement.ValidForMonths ?? 1, 1, 1_200);
        Fields.Within("requirements.amberDays", requirement.AmberDays, 0, 3_650);
        Fields.OptionalText("requirements.citation", requirement.Citation, 200);
        if (requirement is { Waivable: true, Citation: not null })
            throw Fields.Refuse("requirements.waivable", "be false where a citation says that a regulation demands it");
        if (requirement.Order is { } order) Check(order);
    }

    private static void Check(OrderTemplate order)
    {
        Vendor("requirements.order.vendor", order.Vendor);
        Fields.Code("requirements.order.product", order.Product);
        Fields.Within("requirements.order.serviceDays", order.ServiceDays, 1, 365);
    }

    public static void Vendor(string field, string? vendor)
    {
        if (vendor is null || !Vendors.Contains(vendor)) throw Fields.Refuse(field, $"be one of {string.Join(", ", Vendors.Order())}");
    }

    private static void Codes(string field, System.Collections.Immutable.ImmutableArray<string> codes)
    {
        if (codes.IsDefault) throw Fields.Refuse(field, "be a list");
        Fields.Codes(field, codes, MostCodes);
    }

    private static void Unique(string field, IEnumerable<string> codes)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (!codes.All(seen.Add)) throw Fields.Refuse(field, "be unique within the policy");
    }
}
