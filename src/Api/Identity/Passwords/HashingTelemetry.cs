using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ComplianceGrid.Api.Identity.Passwords;

internal static class HashingTelemetry
{
    private static readonly Meter Meter = new("ComplianceGrid.Passwords");

    public static readonly Counter<long> Refused = Meter.CreateCounter<long>("grid.passwords.refused", description: "Callers that met a full queue of hashes");
    public static readonly Histogram<double> Wait = Meter.CreateHistogram<double>("grid.passwords.wait", "ms", "From a hash's request to its turn");
    public static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("grid.passwords.hash", "ms", "What a hash took");

    public static void Watch(HashingQueue queue) =>
        Meter.CreateObservableGauge("grid.passwords.waiting", () => queue.Waiting, description: "Hashes that wait for a thread");
}

/// <summary>Degraded while callers are being turned away, and when a hashing thread is gone.</summary>
internal sealed class HashingHealth(HashingQueue queue) : IHealthCheck
{
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(30);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Judge());

    private HealthCheckResult Judge() => queue switch
    {
        { IsWhole: false } => HealthCheckResult.Degraded("A thread that hashes passwords has ended."),
        { SinceRefusal: { } since } when since < Lately => HealthCheckResult.Degraded("Log-ons are being turned away: the queue of password hashes is full."),
        _ => HealthCheckResult.Healthy(),
    };
}
