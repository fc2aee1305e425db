using ComplianceGrid.ServiceDefaults.Health;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Audit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace ComplianceGrid.Silo.Auditing.Capacity;

internal static class AuditCapacityExtensions
{
    /// <summary>Warns before the audit store's disk is full (AU-4): in <c>/health/ready</c> as <c>audit-capacity</c>, in metrics, in the log.</summary>
    public static void AddAuditCapacity(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<AuditCapacityOptions>().BindConfiguration(AuditCapacityOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(services => new AuditStoreSizes(services.GetRequiredKeyedService<NpgsqlDataSource>("Audit")));
        builder.Services.AddGridLoop(AuditCapacityLoop.LoopName, services => ActivatorUtilities.CreateInstance<AuditCapacityLoop>(services));
        builder.Services.AddDegradable(AuditCapacityLoop.LoopName, services =>
            new Check((AuditCapacityLoop)services.GetRequiredKeyedService<GridLoop>(AuditCapacityLoop.LoopName)));
    }

    private sealed class Check(AuditCapacityLoop loop) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(loop.Warning is { } warning ? HealthCheckResult.Degraded(warning) : HealthCheckResult.Healthy());
    }
}
