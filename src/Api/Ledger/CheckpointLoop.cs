using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Audit.Checkpoints;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Ledger;

/// <summary>Signs each log that has grown, an hour after its newest checkpoint. Several processes may: of one size there is one checkpoint.</summary>
internal sealed class CheckpointLoop(Notary notary, CheckpointStore checkpoints, IOptions<NotaryOptions> options, TimeProvider clock, ILogger<CheckpointLoop> log)
    : GridLoop(LoopName, Look, clock, log)
{
    public const string LoopName = "checkpoints";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    private readonly TimeSpan _age = TimeSpan.FromMinutes(options.Value.CheckpointMinutes);
    private readonly TimeProvider _clock = clock;

    public override TimeSpan Patience => TimeSpan.FromMinutes(5);

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        foreach (var tenant in await checkpoints.DueAsync(_clock.GetUtcNow() - _age, ct))
        {
            try
            {
                await notary.SignAsync(tenant, null, ct);
            }
            catch (GridException)
            {
                // Refused: the notary has raised the alarm, and the other logs are not at fault.
            }
        }

        return false;
    }
}

/// <summary>Degraded while a log gets no signature.</summary>
internal sealed class NotaryCheck(Notary notary) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(notary.Refused.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"No checkpoint is signed for the logs of {string.Join(", ", notary.Refused.Keys.Order(StringComparer.Ordinal))}: run verify."));
}
