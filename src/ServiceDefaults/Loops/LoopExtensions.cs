using ComplianceGrid.ServiceDefaults.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace ComplianceGrid.ServiceDefaults.Loops;

public static class LoopExtensions
{
    /// <summary>Runs a loop with the host, and shows it in <c>/health/ready</c> as <c>loop:{name}</c>: degraded when it stands still.</summary>
    public static IServiceCollection AddGridLoop(this IServiceCollection services, string name, Func<IServiceProvider, GridLoop> create)
    {
        services.AddKeyedSingleton(name, (provider, _) => create(provider));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<GridLoop>(name));
        services.AddDegradable($"loop:{name}", provider => new LoopCheck(provider.GetRequiredKeyedService<GridLoop>(name)));
        return services;
    }

    private sealed class LoopCheck(GridLoop loop) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(loop.SinceGood <= loop.Patience
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Degraded(string.Create(null, $"No good step for {loop.SinceGood.TotalSeconds:0} s.")));
    }
}
