using ComplianceGrid.ServiceDefaults.Configuration;
using ComplianceGrid.ServiceDefaults.Edge;
using ComplianceGrid.ServiceDefaults.Health;
using ComplianceGrid.ServiceDefaults.Http;
using ComplianceGrid.ServiceDefaults.Logging;
using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace ComplianceGrid.ServiceDefaults;

/// <summary>What every host has alike: configuration file, logs, traces, metrics, health, limits, problem details.</summary>
public static class GridDefaults
{
    /// <summary>How long a host may take to stop; what is not done by then is safe to repeat.</summary>
    public static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(30);

    /// <param name="service"><c>silo</c>, <c>api</c> or <c>gateway</c>: the service's name in logs, traces and metrics.</param>
    public static WebApplicationBuilder AddGridDefaults(this WebApplicationBuilder builder, string service)
    {
        builder.AddGridConfiguration();
        builder.AddGridLogging(service);
        builder.AddGridTelemetry(service);
        builder.AddGridHttp();
        builder.AddGridEdge();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddGridProblems();
        builder.Services.AddHealthChecks();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopWithin);
        return builder;
    }

    /// <summary>Call it after <see cref="EdgeExtensions.UseGridEdge"/>, before all else that can fail: the error handler is in it.</summary>
    public static WebApplication MapGridDefaults(this WebApplication app)
    {
        app.UseBodiesAtShutdown();
        app.UseGridRequestLogging();
        app.UseGridProblems();
        app.UseRequestTimeouts(); // within the error handler, which would take the end of the time for the caller's going away
        app.UseRouting();
        app.UseBodyLimits();
        app.MapGridHealth();
        app.MapGridMetrics();
        return app;
    }
}
