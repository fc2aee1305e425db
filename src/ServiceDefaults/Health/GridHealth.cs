using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ComplianceGrid.ServiceDefaults.Health;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: every check passes; 503 names those that do not.
/// </summary>
public static class GridHealth
{
    private const string Ready = "ready";
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A condition without which the host is not ready.</summary>
    /// <param name="missing">Answers null when met, else what is missing, in words for an operator and without secrets.</param>
    /// <param name="isRequired">False: without it the host is degraded only.</param>
    public static IServiceCollection AddReadiness(
        this IServiceCollection services, string name, Func<IServiceProvider, CancellationToken, Task<string?>> missing, bool isRequired = true)
    {
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            name, provider => new ReadinessCheck(provider, missing), isRequired ? HealthStatus.Unhealthy : HealthStatus.Degraded, [Ready], CheckTimeout));
        return services;
    }

    /// <summary>A health check that shows in <c>/health/ready</c> but does not make the host unready: it is degraded.</summary>
    public static IServiceCollection AddDegradable(this IServiceCollection services, string name, Func<IServiceProvider, IHealthCheck> check)
    {
        services.AddHealthChecks().Add(new HealthCheckRegistration(name, check, HealthStatus.Degraded, [Ready], CheckTimeout));
        return services;
    }

    internal static void MapGridHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        Status = report.Status.ToString(),
        Checks = report.Entries.ToDictionary(entry => entry.Key, entry => new
        {
            Status = entry.Value.Status.ToString(),
            entry.Value.Description,
            DurationMs = (int)entry.Value.Duration.TotalMilliseconds,
        }),
    }, JsonSerializerOptions.Web, context.RequestAborted);
}
