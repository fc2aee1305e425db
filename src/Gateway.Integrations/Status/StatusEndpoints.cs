using System.Security.Claims;
using ComplianceGrid.Gateway.Connections;
using ComplianceGrid.Gateway.Ordering;
using ComplianceGrid.Gateway.Vendors.Checkr;
using ComplianceGrid.Integrations;
using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.ServiceDefaults.Wire;
using ComplianceGrid.Storage.Inbox;
using Microsoft.AspNetCore.Mvc;

namespace ComplianceGrid.Gateway.Status;

internal static class StatusEndpoints
{
    public static void MapStatus(this IEndpointRouteBuilder app)
    {
        app.MapGet("/integrations/health", HealthAsync)
            .WithName("integrationsHealth").WithTags("integrations").WithSummary("Whether webhooks are taken and worked on")
            .Produces<ProblemDetails>(StatusCodes.Status503ServiceUnavailable, GridProblems.ContentType);
        app.MapGet("/integrations/checkr/status", CheckrAsync)
            .ByWireAlone().RequireAuthorization(ServiceTokens.ReadStatus)
            .WithName("checkrStatus").WithTags("integrations").WithSummary("The tenant's connection and what of its webhooks waits")
            .Produces<ProblemDetails>(StatusCodes.Status401Unauthorized, GridProblems.ContentType)
            .Produces<ProblemDetails>(StatusCodes.Status403Forbidden, GridProblems.ContentType);
    }

    /// <summary>For anyone who watches: no figure that tells of a tenant. 503 when the database is away.</summary>
    private static async Task<IntegrationsHealth> HealthAsync(InboxMonitor monitor, TimeProvider time, CancellationToken ct)
    {
        var figures = await monitor.ReadAsync(CheckrApi.Vendor, null, ct);
        var lag = figures.OldestOpen is { } oldest ? time.GetUtcNow() - oldest : TimeSpan.Zero;
        return new(lag < IntegrationsHealth.Late ? "ok" : "late");
    }

    private static async Task<VendorStatus> CheckrAsync(ClaimsPrincipal caller, ConnectionDirectory directory, InboxMonitor monitor, CancellationToken ct)
    {
        var tenant = ServiceTokenServices.TenantOf(caller).Value;
        var connection = await directory.FindByTenantAsync(CheckrApi.Vendor, tenant, ct);
        var figures = await monitor.ReadAsync(CheckrApi.Vendor, tenant, ct);
        return new(CheckrApi.Vendor, connection is not null, connection?.Keys.Count ?? 0, figures.Open, figures.Unmatched, figures.Failed, figures.OldestOpen);
    }
}

/// <param name="Status"><c>ok</c>, or <c>late</c> when the oldest webhook has waited for more than a minute.</param>
internal sealed record IntegrationsHealth(string Status)
{
    public static readonly TimeSpan Late = TimeSpan.FromMinutes(1);
}

/// <param name="Waiting">Webhooks not yet worked on.</param>
/// <param name="Unmatched">Parked: the vendor's object belongs to no order.</param>
/// <param name="Failed">Parked: failed as often as it may.</param>
internal sealed record VendorStatus(
    string Vendor, bool Connected, int ActiveKeys, long Waiting, long Unmatched, long Failed, DateTimeOffset? OldestWaiting);
