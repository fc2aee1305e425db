using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Grid;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;
using Microsoft.AspNetCore.Mvc;

namespace ComplianceGrid.Api.Parking;

/// <summary><c>/api/parked-events</c>: the tenant's events that were given up, and having them tried again.</summary>
internal static class ParkedEventEndpoints
{
    public static void MapParkedEvents(this IEndpointRouteBuilder app)
    {
        var parked = app.MapGroup("/api/parked-events").WithTags("Parked events");
        parked.MapGet("/", ListAsync).WithName("listParkedEvents").Answers(GridError.Invalid).RequirePermission(Permission.EventsReplay);
        parked.MapPost("/{id:guid}/replay", ReplayAsync).WithName("replayParkedEvent").Answers(GridError.NotFound, GridError.Invalid)
            .RequirePermission(Permission.EventsReplay);
    }

    private static async Task<Representation<Page<ParkedEventItem>>> ListAsync([FromQuery(Name = "cursor")] string? cursor, [FromQuery(Name = "limit")] string? limit,
        HttpContext context, TenantGrains grains, CursorSeal seal)
    {
        var caller = context.Caller();
        var query = $"parked-events/{caller.Tenant}";
        var max = Paging.Limit(limit);
        var after = seal.Open<ParkedEventPosition>(cursor, query);
        var items = await grains.ParkedEvents(caller).List(after?.Id, max + 1);
        context.Audit().Count(Math.Min(items.Length, max));
        ParkedEventItem[] page = [.. items.Take(max).Select(item => new ParkedEventItem(item.Id, item.EventId, item.Subject, item.Attempts, item.Reason, item.ParkedAt))];
        return Representation.Of(new Page<ParkedEventItem>(page, seal.Next(items.Length > max ? new ParkedEventPosition(page[^1].Id) : null, query)));
    }

    private static async Task<Representation<ReplayAnswer>> ReplayAsync(Guid id, HttpContext context, TenantGrains grains)
    {
        var now = await grains.ParkedEvents(context.Caller()).Replay(id);
        if (now) context.Audit().RidesInGrain();
        return Representation.Of(new ReplayAnswer(id, now));
    }

    private sealed record ParkedEventPosition(Guid Id);
}
