using ComplianceGrid.ServiceDefaults.Auditing.Spooling;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ComplianceGrid.ServiceDefaults.Auditing.Trail;

/// <summary>Degraded while entries wait for their store, and when there is no room for more.</summary>
internal sealed class SpoolHealth(Spool spool, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(30);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var figures = spool.Figures;
        var age = figures.Oldest is { } oldest ? clock.GetUtcNow() - oldest : TimeSpan.Zero;
        return Task.FromResult(
            !figures.HasRoom ? HealthCheckResult.Degraded("The audit spool has no room: tenants who fail closed are answered 503.")
            : age > Late ? HealthCheckResult.Degraded(string.Create(null, $"{figures.Entries} audit entries wait for their store, the oldest for {age.TotalSeconds:0} s; {figures.Held} of them because their log refuses them."))
            : HealthCheckResult.Healthy());
    }
}

/// <summary>Depth, bytes and age of the spool.</summary>
internal sealed class SpoolGauges
{
    private readonly Spool _spool;
    private readonly TimeProvider _clock;

    public SpoolGauges(Spool spool, TimeProvider clock)
    {
        (_spool, _clock) = (spool, clock);
        var meter = SpoolTelemetry.Meter;
        meter.CreateObservableGauge("grid.audit.spool.entries", () => _spool.Figures.Entries, description: "Audit entries in the spool");
        meter.CreateObservableGauge("grid.audit.spool.bytes", () => _spool.Figures.Bytes, "By", "Bytes of the spool");
        meter.CreateObservableGauge("grid.audit.spool.held", () => _spool.Figures.Held, description: "Entries of the spool whose log refuses them");
        meter.CreateObservableGauge("grid.audit.spool.age", Age, "s", "Age of the oldest entry in the spool");
    }

    private double Age() => _spool.Figures.Oldest is { } oldest ? (_clock.GetUtcNow() - oldest).TotalSeconds : 0;
}
