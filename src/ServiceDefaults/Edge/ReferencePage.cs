using Microsoft.AspNetCore.Builder;

namespace ComplianceGrid.ServiceDefaults.Edge;

/// <summary>The API reference: the one page with script, which is a third party's. The browser itself keeps it to this host.</summary>
public static class ReferencePage
{
    private const string Policy = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'";

    public static void KeepToThisHost(this IEndpointConventionBuilder page) => page.Add(endpoint =>
    {
        var serve = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = context =>
        {
            context.Response.Headers.ContentSecurityPolicy = Policy;
            return serve(context);
        };
    });
}
