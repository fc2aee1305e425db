using ComplianceGrid.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.ServiceDefaults.Http;

internal static class HttpExtensions
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static void AddGridHttp(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<HttpLimits>().BindConfiguration(HttpLimits.Section).ValidateDataAnnotations().ValidateOnStart();
        var limits = builder.Configuration.GetSection(HttpLimits.Section).Get<HttpLimits>() ?? new();
        builder.WebHost.ConfigureKestrel(kestrel => Apply(kestrel, limits));
        builder.Services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = Within(limits.RequestSeconds));
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.MaxDepth = limits.MaxJsonDepth;
            // What is read twice can be checked as one thing and used as another.
            json.SerializerOptions.AllowDuplicateProperties = false;
            // A null for what the contract calls present is the caller's error, found here and not as a fault deeper down.
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
    }

    private static RequestTimeoutPolicy Within(double seconds) => new()
    {
        Timeout = TimeSpan.FromSeconds(seconds),
        WriteTimeoutResponse = context => GridProblems.WriteAsync(context, GridError.Unavailable, "The request could not be served in time. Try again."),
    };

    private static void Apply(KestrelServerOptions kestrel, HttpLimits limits)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = limits.MaxBodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.MaxHeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.MaxConcurrentConnections = limits.MaxConnections;
        kestrel.Limits.MaxRequestLineSize = 8 << 10;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        // Who sends or reads more slowly, to hold a connection, loses it.
        kestrel.Limits.MinRequestBodyDataRate = new(limits.MinBytesPerSecond, Grace);
        kestrel.Limits.MinResponseDataRate = new(limits.MinBytesPerSecond, Grace);
    }
}
