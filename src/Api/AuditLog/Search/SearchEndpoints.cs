using ComplianceGrid.Api.AuditLog.Entries;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Storage.Audit.Search;

namespace ComplianceGrid.Api.AuditLog.Search;

/// <summary>Searches of the tenant's log, newest first.</summary>
internal static class SearchEndpoints
{
    public static void MapSearch(this IEndpointRouteBuilder audit)
    {
        audit.MapGet("/logs", SearchAsync).WithName("searchAuditLog").Answers(GridError.Invalid).RequirePermission(Permission.AuditRead);
        audit.MapGet("/user/{userId}/activity", ActivityAsync).WithName("userActivity").Answers(GridError.Invalid).RequirePermission(Permission.AuditRead);
        audit.MapGet("/resource/{resource}", HistoryAsync).WithName("resourceHistory").Answers(GridError.Invalid).RequirePermission(Permission.AuditRead);
    }

    private static async Task<Representation<Page<EntryAnswer>>> SearchAsync(
        [AsParameters] SearchParameters parameters, HttpContext context, CancellationToken ct) =>
        Representation.Of((await SearchPage.ReadAsync(parameters.Terms(), parameters.Cursor, parameters.Limit, context, ct)).Page);

    private static async Task<Representation<Page<EntryAnswer>>> HistoryAsync(
        string resource, [AsParameters] HistoryParameters parameters, HttpContext context, CancellationToken ct) =>
        Representation.Of((await SearchPage.ReadAsync(parameters.Terms(resource), parameters.Cursor, parameters.Limit, context, ct)).Page);

    private static async Task<Representation<ActivityAnswer>> ActivityAsync(
        string userId, [AsParameters] ActivityParameters parameters, HttpContext context, AuditReads reads, CancellationToken ct)
    {
        var (query, page) = await SearchPage.ReadAsync(parameters.Terms(userId), parameters.Cursor, parameters.Limit, context, ct);
        var counts = query.After is null ? await reads.CountAsync(context.Caller().Tenant, query, ct) : null;
        return Representation.Of(new ActivityAnswer
        {
            UserId = userId,
            From = query.From,
            To = query.To,
            Summary = counts is null ? null : new() { First = counts.First, Last = counts.Last, ByAction = counts.ByAction, IsComplete = counts.IsComplete },
            Items = page.Items,
            Next = page.Next,
        });
    }
}
