using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ComplianceGrid.ServiceDefaults.Http;

/// <summary>
/// What is larger than its endpoint takes is refused, and the rest of it is still taken from the connection and thrown away: a server that closes while
/// its client sends resets the connection, and the client may never read why (RFC 9112 §9.6).
/// </summary>
internal static class BodyLimits
{
    /// <summary>Bytes above an endpoint's limit that are taken, and thrown away.</summary>
    private const long Beyond = 8 << 20;

    /// <summary>Behind routing, which knows the endpoint's limit.</summary>
    public static void UseBodyLimits(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false, MaxRequestBodySize: { } most } server) Limit(context, server, most);
        return next(context);
    });

    private static void Limit(HttpContext context, IHttpMaxRequestBodySizeFeature server, long most)
    {
        var request = context.Request;
        if (request.ContentLength <= most || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false) return;
        request.Body = new LimitedBody(request.BodyReader.AsStream(), request.ContentLength is null ? most : 0);
        context.Features.Set<IRequestBodyPipeFeature>(new RequestBodyPipeFeature(context)); // over that body
        server.MaxRequestBodySize = most + Beyond;
        if (request.ContentLength > server.MaxRequestBodySize) context.Response.OnStarting(SayCloses, context.Response);
    }

    // Of a yet larger body the server reads nothing, and closes: a client that is not told loses its next request on that connection.
    // Said as the answer starts: whoever handles an exception clears the headers.
    private static Task SayCloses(object response)
    {
        ((HttpResponse)response).Headers.Connection = "close";
        return Task.CompletedTask;
    }
}
