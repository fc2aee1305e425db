using System.Globalization;
using ComplianceGrid.ServiceDefaults.Loops;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ComplianceGrid.Silo.Ledger.Delivery;

/// <summary>Looks every second for checkpoints that a target does not have. Degraded while one is refused or waits for long.</summary>
internal sealed class CheckpointLoop : GridLoop, IHealthCheck
{
    private readonly CheckpointDelivery _delivery;
    private readonly TimeSpan _warnAfter;
    private readonly TimeProvider _time;

    public CheckpointLoop(CheckpointDelivery delivery, CheckpointOptions options, UndeliveredGauges gauges, TimeProvider time, ILogger<CheckpointLoop> log)
        : base(NameOf(delivery.Target), TimeSpan.FromSeconds(1), time, log)
    {
        (_delivery, _warnAfter, _time) = (delivery, TimeSpan.FromMinutes(options.WarnMinutes), time);
        gauges.Add(delivery);
    }

    public static string NameOf(string target) => $"checkpoints-{target}";

    /// <summary>A page of deliveries may take its time.</summary>
    public override TimeSpan Patience => TimeSpan.FromMinutes(5);

    protected override Task<bool> StepAsync(CancellationToken ct) => _delivery.RunAsync(ct);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Warning is { } warning ? HealthCheckResult.Degraded(warning) : HealthCheckResult.Healthy());

    private string? Warning => _delivery.Undelivered switch
    {
        { Alarm: { } alarm } => alarm,
        { OldestAt: { } at, Count: var count } when _time.GetUtcNow() - at > _warnAfter =>
            string.Create(CultureInfo.InvariantCulture,
                $"{count} checkpoints are not with {_delivery.Target}, the oldest for {(_time.GetUtcNow() - at).TotalMinutes:0} min."),
        _ => null,
    };
}
