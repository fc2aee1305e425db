using System.Collections.Immutable;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.Projections.Reads;

namespace ComplianceGrid.Api.Reporting;

/// <summary><c>/api/reports</c>.</summary>
internal static class ReportEndpoints
{
    public static void MapReports(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/reports/compliance-summary", SummaryAsync).WithTags("Reports").WithName("complianceSummary")
            .RequirePermission(Permission.ReportsRead);

    private static async Task<Representation<SummaryAnswer>> SummaryAsync(
        HttpContext context, SummaryReads reads, TimeProvider clock, CancellationToken ct)
    {
        var caller = context.Caller();
        var counts = await reads.CountAsync(caller.Tenant, clock.GetUtcNow(), ct, caller.OnlySites);
        var sites = counts.GroupBy(count => count.Site)
            .Select(site => new SiteSummary(site.Key, Of(site, ComplianceStatus.Green), Of(site, ComplianceStatus.Amber), Of(site, ComplianceStatus.Red)))
            .ToImmutableArray();
        return Representation.Of(new SummaryAnswer(sites.Sum(site => site.Green), sites.Sum(site => site.Amber), sites.Sum(site => site.Red), sites));
    }

    private static long Of(IEnumerable<SiteStatusCount> counts, ComplianceStatus status) =>
        counts.Where(count => count.Status == status).Sum(count => count.Employees);
}

/// <summary>Employed people by colour, as of the moment of the answer.</summary>
internal sealed record SummaryAnswer(long Green, long Amber, long Red, ImmutableArray<SiteSummary> Sites);

internal sealed record SiteSummary(string Site, long Green, long Amber, long Red);
