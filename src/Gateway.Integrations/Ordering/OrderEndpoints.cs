using System.Security.Claims;
using ComplianceGrid.Gateway.Auditing;
using ComplianceGrid.Gateway.Vendors.Checkr;
using ComplianceGrid.Integrations;
using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.ServiceDefaults.Wire;
using Microsoft.AspNetCore.Mvc;

namespace ComplianceGrid.Gateway.Ordering;

internal static class OrderEndpoints
{
    public static IServiceCollection AddOrdering(this IServiceCollection services) => services.AddSingleton<CheckrOrders>();

    public static void MapOrdering(this IEndpointRouteBuilder app)
    {
        var endpoint = app.MapPost("/integrations/checkr/orders", PlaceAsync)
            .ByWireAlone().RequireAuthorization(ServiceTokens.PlaceOrders)
            .WithName("placeCheckrOrder").WithTags("integrations").WithSummary("Places an order at Checkr")
            .WithDescription("Creates candidate and invitation. Repeating it changes nothing: 201 when placed now, 200 when it had been.")
            .Produces<VendorOrderAccepted>(StatusCodes.Status201Created).Produces<VendorOrderAccepted>();
        foreach (var status in new[] { 400, 401, 403, 404, 415, 422, 503 }) endpoint.Produces<ProblemDetails>(status, GridProblems.ContentType);
    }

    private static async Task<IResult> PlaceAsync(
        VendorOrderRequest request, ClaimsPrincipal caller, HttpContext http, CheckrOrders orders, CancellationToken ct)
    {
        var tenant = ServiceTokenServices.TenantOf(caller);
        if (request.OrderKey.Tenant != tenant) throw new GridException(GridError.OtherTenant, "The order is another tenant's.");

        http.AuditRecord()?.About(request.OrderKey.Order.ToString("D"), CheckrApi.Vendor);
        if (OrderRules.ProblemOf(request) is { } problem) throw new GridException(GridError.Invalid, problem);
        var (placed, order) = await orders.PlaceAsync(request, caller.FindFirstValue(ServiceTokens.RequestIdClaim)!, ct);
        if (placed) http.AuditRecord()?.RidesInTransaction();
        return placed ? TypedResults.Created((string?)null, order) : TypedResults.Ok(order);
    }
}
