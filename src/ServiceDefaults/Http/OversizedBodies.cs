using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ComplianceGrid.ServiceDefaults.Http;

internal static class OversizedBodies
{
    /// <summary>
    /// A body above the endpoint's limit is never read to its end, whatever the answer is, so the server closes the connection
    /// after it. The answer says so: else the client's next request on that connection is lost (RFC 9112 §9.6).
    /// </summary>
    public static void UseOversizedBodies(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Request.ContentLength is > 0) context.Response.OnStarting(CloseAsync, context);
        return next(context);
    });

    private static Task CloseAsync(object state)
    {
        var context = (HttpContext)state;
        if (context.Request.ContentLength > context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize)
            context.Response.Headers.Connection = "close";
        return Task.CompletedTask;
    }
}
