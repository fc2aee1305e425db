using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Auditing;
using ComplianceGrid.ServiceDefaults.Auditing.Requests;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Gateway.Auditing;

internal static class AuditServices
{
    private const int Room = 8 << 10;

    public static IServiceCollection AddRequestAudit(this IServiceCollection services) => services
        .AddSingleton<IAuditSink, OutboxSink>()
        .AddSingleton<IRequestAudit, RequestAudit>()
        .AddAuditing();

    /// <summary>Outside the error handler: it must see the answer that really leaves.</summary>
    public static void UseRequestAudit(this WebApplication app)
    {
        if (!OpenApiBuild.IsRunning) app.UseMiddleware<AuditMiddleware>();
    }

    /// <summary>After routing: notes which endpoint was met, before an error handler clears it.</summary>
    public static void UseAuditedEndpoints(this WebApplication app) => app.Use((context, next) =>
    {
        var endpoint = context.GetEndpoint();
        context.Features.Set(new GatewayEndpoint((endpoint as RouteEndpoint)?.RoutePattern.RawText, AuditCatalogue.LineOf(endpoint)));
        return next(context);
    });

    /// <summary>Null: the request leaves no entry.</summary>
    public static GatewayRecord? AuditRecord(this HttpContext context) => context.Features.Get<GatewayRecord>();

    private sealed class RequestAudit(AuditTrail trail) : IRequestAudit
    {
        public IRequestRecord? Begin(HttpContext context)
        {
            if (!AuditCatalogue.IsRecorded(context.Request.Path)) return null;
            // The gateway acts for a vendor or for the silo, in no tenant's name yet: the system's policy counts.
            var record = new GatewayRecord(trail.Admit(TenantId.System.Value, Room));
            context.Features.Set(record);
            return record;
        }
    }
}
