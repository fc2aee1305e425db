using ComplianceGrid.Api.AuditLog.Entries;
using ComplianceGrid.Api.AuditLog.Ingestion;
using ComplianceGrid.Api.AuditLog.Monitoring;
using ComplianceGrid.Api.AuditLog.Search;

namespace ComplianceGrid.Api.AuditLog;

/// <summary><c>/audit</c>: other services' entries come in, and the tenant's log is read. Acts on the log are entries of it themselves.</summary>
internal static class AuditLogExtensions
{
    public static void AddAuditLog(this IServiceCollection services) =>
        services.AddSingleton<PersonalOpening>().AddSingleton<AuditHealth>().AddSingleton<AuditMetrics>();

    public static void MapAuditLog(this IEndpointRouteBuilder app)
    {
        var audit = app.MapGroup("/audit").WithTags("Audit log");
        audit.MapIngestion();
        audit.MapSearch();
        audit.MapEntries();
        audit.MapMonitoring();
    }
}
