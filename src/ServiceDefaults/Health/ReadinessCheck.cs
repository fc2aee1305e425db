using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ComplianceGrid.ServiceDefaults.Health;

internal sealed class ReadinessCheck(IServiceProvider services, Func<IServiceProvider, CancellationToken, Task<string?>> missing) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return await missing(services, cancellationToken) is { } what
                ? new HealthCheckResult(context.Registration.FailureStatus, what)
                : HealthCheckResult.Healthy();
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // The message could name a host or a user; the type is enough here and the log has the rest.
            return new HealthCheckResult(context.Registration.FailureStatus, $"The check failed: {error.GetType().Name}.", error);
        }
    }
}
