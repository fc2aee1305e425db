using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.ServiceDefaults.Edge;

/// <summary>
/// What every answer tells browsers, errors too: set as the answer leaves, since an error handler clears what was set before. What an endpoint
/// says itself (a page's own policy, a record's <c>Cache-Control</c>) stands. The values are those of OWASP's REST Security Cheat Sheet.
/// </summary>
internal static class SecurityHeaders
{
    public const string Policy = "default-src 'none'; frame-ancestors 'none'";
    private const string Permissions = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()";

    public static void UseSecurityHeaders(this IApplicationBuilder app)
    {
        var options = app.ApplicationServices.GetRequiredService<IOptions<EdgeOptions>>().Value;
        var hsts = string.Create(null, $"max-age={options.HstsDays * 24L * 60 * 60}; includeSubDomains");
        app.Use((context, next) =>
        {
            context.Response.OnStarting(state =>
            {
                Set((HttpContext)state, hsts);
                return Task.CompletedTask;
            }, context);
            return next(context);
        });
    }

    private static void Set(HttpContext context, string hsts)
    {
        var headers = context.Response.Headers;
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("Content-Security-Policy", Policy);
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        headers.TryAdd("Permissions-Policy", Permissions);
        headers.TryAdd("Cache-Control", "no-store");
        if (context.Request.IsHttps && !IsThisMachine(context.Request.Host.Host)) headers.TryAdd("Strict-Transport-Security", hsts);
    }

    // A browser keeps it for all ports of the name: a developer's other services would be gone.
    private static bool IsThisMachine(string host) =>
        host is "" or "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
