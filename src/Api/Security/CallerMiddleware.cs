using ComplianceGrid.Api.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Security;

/// <summary>
/// Lets in who the endpoint's entry admits, in the name of their tenant.
/// An endpoint without an entry admits nobody.
/// </summary>
internal static class CallerMiddleware
{
    public static void UseCaller(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var endpoint = context.GetEndpoint();
        context.Audit().Endpoint(context, endpoint);
        if (endpoint is not RouteEndpoint) return next(context); // 404, 405, 415: says nothing of any tenant
        if (endpoint.Metadata.GetMetadata<EndpointPermission>() is { Permission: null })
        {
            if (AuditCatalogue.IsRecorded(context.Request.Path)) context.Audit().Admit(context.RequestServices.GetRequiredService<AuditTrail>());
            return next(context);
        }

        if (EndpointPermissions.IsInfrastructure(endpoint)) return next(context);

        if (context.FindCaller() is not { } caller)
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.WWWAuthenticate = context.Request.Headers.Authorization.Count == 0 ? "Bearer" : "Bearer error=\"invalid_token\"";
                return Task.CompletedTask;
            });
            throw new GridException(GridError.Unauthenticated, "Send a valid access token: Authorization: Bearer <token>.");
        }

        Admit(context, endpoint, caller);
        if (AuditCatalogue.IsRecorded(context.Request.Path)) context.Audit().Admit(context.RequestServices.GetRequiredService<AuditTrail>());
        RequestContext.Set(CallContext.Tenant, caller.Tenant.Value);
        return next(context);
    });

    private static void Admit(HttpContext context, Endpoint endpoint, Caller caller)
    {
        var entry = endpoint.Metadata.GetMetadata<EndpointPermission>();
        if (entry?.Permission is { } permission && caller.May(permission)) return;
        if (entry?.Own is { } own && caller.May(own) && caller.EmployeeId is { } self
            && Guid.TryParse(context.GetRouteValue("id") as string, out var id) && id == self) return;
        throw new GridException(GridError.Forbidden,
            $"Your roles lack the permission {entry?.Permission ?? "that this needs"}. Ask your tenant's administrator for a role that has it.");
    }
}
