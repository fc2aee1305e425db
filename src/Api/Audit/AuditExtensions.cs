using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults;

namespace ComplianceGrid.Api.Audit;

internal static class AuditExtensions
{
    private static readonly object Key = new();

    public static void AddAuditTrail(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<AuditTrailOptions>().BindConfiguration(AuditTrailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        if (OpenApiBuild.IsRunning) return; // no grid, so no ledger
        builder.Services.AddSingleton<AuditTrail>();
        builder.Services.AddSingleton<IAuditTrail>(services => services.GetRequiredService<AuditTrail>());
        builder.Services.AddHostedService(services => services.GetRequiredService<AuditTrail>());
    }

    public static void UseAuditTrail(this IApplicationBuilder app)
    {
        if (!OpenApiBuild.IsRunning) app.UseMiddleware<AuditMiddleware>();
    }

    /// <summary>Names the resource and the act of an endpoint's entries.</summary>
    public static TBuilder AuditedAs<TBuilder>(this TBuilder endpoint, string resource, AuditAction action) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new AuditedAs(resource, action));

    public static AuditScope Audit(this HttpContext context)
    {
        if (context.Items.TryGetValue(Key, out var known)) return (AuditScope)known!;
        var scope = new AuditScope();
        context.Items[Key] = scope;
        return scope;
    }
}
