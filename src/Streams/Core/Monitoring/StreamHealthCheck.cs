using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ComplianceGrid.Streams.Core.Monitoring;

/// <summary>Unhealthy while a queue has events waiting and none leaving.</summary>
internal sealed class StreamHealthCheck(QueueMonitor monitor) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var stalled = monitor.Stalled.Select(queue => $"queue {queue.Number} ({queue.Lag} waiting)").ToList();
        return Task.FromResult(stalled.Count == 0
            ? HealthCheckResult.Healthy()
            : new(context.Registration.FailureStatus, $"No progress: {string.Join(", ", stalled)}."));
    }
}
