using System.Net;
using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.ServiceDefaults.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.ServiceDefaults.Edge;

/// <summary>The seed's API gateway, in each host: TLS, forwarded headers, what browsers are told, who may call from a browser.</summary>
public static class EdgeExtensions
{
    private static readonly TimeSpan PreflightLife = TimeSpan.FromHours(1);
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    private static readonly string[] Sent = ["Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "traceparent"];
    private static readonly string[] Shown = ["ETag", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate"];

    internal static void AddGridEdge(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<EdgeOptions>().BindConfiguration(EdgeOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHostedService<ClearTextGuard>();
        services.AddSingleton<EdgeCertificate>();
        services.AddOptions<KestrelServerOptions>().Configure<EdgeCertificate>((kestrel, certificate) => kestrel.ConfigureHttpsDefaults(https =>
        {
            https.SslProtocols = FipsTls.Protocols;
            if (certificate.Current is { } shown) https.ServerCertificateSelector = (_, _) => shown.TargetCertificate;
            https.OnAuthenticate = (_, tls) => FipsTls.Apply(tls, certificate.Current);
        }));
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<EdgeOptions>>((forwarded, edge) => Believe(forwarded, edge.Value));
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<EdgeOptions>>((cors, edge) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(edge.Value.Origins).WithMethods(Methods).WithHeaders(Sent).WithExposedHeaders(Shown).SetPreflightMaxAge(PreflightLife)));
    }

    /// <summary>Call it first after <c>Build()</c>: whoever stands behind reads the address, scheme and host of the client.</summary>
    public static void UseGridEdge(this WebApplication app)
    {
        var edge = app.Services.GetRequiredService<IOptions<EdgeOptions>>().Value;
        app.UseSecurityHeaders();
        if (edge.Proxies.Length > 0) app.UseForwardedHeaders();
        if (!app.Environment.IsDevelopment()) app.Use(RequireTls);
        if (edge.Origins.Length > 0) app.UseCors();
    }

    private static void Believe(ForwardedHeadersOptions forwarded, EdgeOptions edge)
    {
        forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
        forwarded.ForwardLimit = edge.Hops;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear(); // loopback is among them by default
        foreach (var network in edge.Networks) forwarded.KnownIPNetworks.Add(network);
    }

    // Where a proxy is trusted, sockets in clear are open to the network: what did not come through it by https is turned away.
    private static Task RequireTls(HttpContext context, RequestDelegate next) =>
        context.Request.IsHttps || IsThisMachine(context.Connection.RemoteIpAddress) || context.Request.Path.StartsWithSegments("/health")
            ? next(context)
            : GridProblems.WriteAsync(context, GridError.Forbidden, "This service is reached by https only.");

    private static bool IsThisMachine(IPAddress? address) => address is null || IPAddress.IsLoopback(address);
}
