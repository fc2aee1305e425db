using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.ServiceDefaults.Loops;

/// <summary>
/// A background loop with a health check, a metric and a stop: runs a step again and again, at once while there is work,
/// after a pause when there is none, and with growing pauses while it fails. Register it by <c>AddGridLoop</c>.
/// </summary>
/// <param name="name">For metrics, health and logs, for example <c>relay-audit-2</c>.</param>
/// <param name="idle">Pause after a step that found nothing.</param>
public abstract partial class GridLoop(string name, TimeSpan idle, TimeProvider time, ILogger log) : BackgroundService
{
    private static readonly Meter Meter = new("ComplianceGrid.Loops");
    private static readonly Counter<long> Steps = Meter.CreateCounter<long>("grid.loop.steps", description: "Steps of background loops");
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private long lastGood = time.GetTimestamp();
    private int failures;

    public string Name => name;

    /// <summary>How long ago a step last ended well (or the loop was made).</summary>
    public TimeSpan SinceGood => time.GetElapsedTime(Interlocked.Read(ref lastGood));

    /// <summary>Without a good step for so long the loop is degraded.</summary>
    public virtual TimeSpan Patience => TimeSpan.FromSeconds(30);

    /// <summary>One step. Answers whether it found work, so that the next follows at once.</summary>
    protected abstract Task<bool> StepAsync(CancellationToken ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = await TryStepAsync(stoppingToken);
            if (pause > TimeSpan.Zero) await WaitAsync(pause, stoppingToken);
        }
    }

    private async Task<TimeSpan> TryStepAsync(CancellationToken ct)
    {
        try
        {
            var found = await StepAsync(ct);
            failures = 0;
            Interlocked.Exchange(ref lastGood, time.GetTimestamp());
            Count(found ? "work" : "idle");
            return found ? TimeSpan.Zero : idle;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (Exception error)
        {
            failures++;
            Count("failed");
            LogFailed(error, name, failures);
            var pause = idle * Math.Pow(2, Math.Min(failures, 10));
            return pause < LongestPause ? pause : LongestPause;
        }
    }

    private async Task WaitAsync(TimeSpan pause, CancellationToken ct) =>
        await Task.Delay(pause, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Count(string outcome) =>
        Steps.Add(1, new TagList { { "loop", name }, { "outcome", outcome } });

    [LoggerMessage(10, LogLevel.Warning, "A step of {Loop} failed, {Failures} in a row.")]
    private partial void LogFailed(Exception error, string loop, int failures);
}
