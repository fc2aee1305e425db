using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Auditing;
using ComplianceGrid.ServiceDefaults.Auditing.Requests;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;

namespace ComplianceGrid.Api.Audit;

internal static class AuditExtensions
{
    private static readonly object Key = new();

    public static void AddAuditTrail(this WebApplicationBuilder builder)
    {
        if (OpenApiBuild.IsRunning) return; // no grid, so no ledger
        builder.Services.AddSingleton<IAuditSink, GrainSink>().AddSingleton<IRequestAudit, RequestAudit>();
        builder.Services.AddAuditing();
    }

    public static void UseAuditTrail(this IApplicationBuilder app)
    {
        if (!OpenApiBuild.IsRunning) app.UseMiddleware<AuditMiddleware>();
    }

    public static AuditScope Audit(this HttpContext context)
    {
        if (context.Items.TryGetValue(Key, out var known)) return (AuditScope)known!;
        var scope = new AuditScope();
        context.Items[Key] = scope;
        return scope;
    }
}

internal sealed class RequestAudit : IRequestAudit
{
    public IRequestRecord? Begin(HttpContext context) => AuditCatalogue.IsRecorded(context.Request.Path) ? context.Audit() : null;
}
