using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Security;

namespace ComplianceGrid.Api.AuditLog.Monitoring;

/// <summary>How the audit log fares.</summary>
internal static class MonitoringEndpoints
{
    public static void MapMonitoring(this IEndpointRouteBuilder audit)
    {
        audit.MapGet("/health", HealthAsync).WithName("auditHealth").RequirePermission(Permission.AuditMonitor);
        audit.MapGet("/metrics", MetricsAsync).WithName("auditMetrics").RequirePermission(Permission.AuditMonitor);
    }

    private static async Task<Representation<AuditHealthAnswer>> HealthAsync(HttpContext context, AuditHealth health, CancellationToken ct) =>
        Representation.Of(await health.AskAsync(context.Caller().Tenant, ct));

    private static async Task<Representation<AuditMetricsAnswer>> MetricsAsync(HttpContext context, AuditMetrics metrics, CancellationToken ct) =>
        Representation.Of(await metrics.ReadAsync(context.Caller().Tenant, ct));
}
