using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Streams.Core.Failures;

/// <summary>
/// Publishes again what was delivered and not saved: a grain that dropped it, an event without a subscriber, anything that an
/// agent skipped. It looks only at queues that this process reads, and only below what their caches have let go at least
/// <see cref="GridStreamOptions.StuckAfter"/> ago; two silos that sweep one queue for a moment settle each row once.
/// </summary>
internal sealed partial class StuckEventSweep(
    LiveQueues queues, IStreamTransport transport, FailureSettler settler, GridStreamOptions options, TimeProvider time, ILogger<StuckEventSweep> log)
    : BackgroundService
{
    private const int AtOnce = 1000;
    private const int SamplesPerPeriod = 5;

    private readonly Dictionary<LiveQueue, Queue<(long At, long Floor)>> _floors = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.StuckAfter / SamplesPerPeriod, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(error);
            }
        }
    }

    /// <returns>How many events were settled.</returns>
    internal async Task<int> SweepAsync(CancellationToken ct)
    {
        var live = queues.All.ToList();
        foreach (var gone in _floors.Keys.Except(live).ToList()) _floors.Remove(gone);
        var settled = 0;
        foreach (var queue in live)
        {
            if (await FloorOfOldAsync(queue, ct) is not { } floor) continue;
            foreach (var position in await transport.UnsavedBelowAsync(queue.Number, floor, AtOnce, ct))
            {
                await settler.SettleUnsavedAsync(queue, position, "It was delivered, and its grain never saved it; or nobody subscribes to it.", ct);
                settled++;
            }
        }

        return settled;
    }

    /// <summary>
    /// Below which position of the event log nothing was held and nothing on its way <see cref="GridStreamOptions.StuckAfter"/>
    /// ago, as far as that is known. What passed is asked for first: what is handed over in between is held too.
    /// </summary>
    private async Task<long?> FloorOfOldAsync(LiveQueue queue, CancellationToken ct)
    {
        if (!_floors.TryGetValue(queue, out var samples)) _floors[queue] = samples = new();
        long? old = null;
        while (samples.TryPeek(out var sample) && time.GetElapsedTime(sample.At) >= options.StuckAfter) old = samples.Dequeue().Floor;
        if (queue.Source is { } source && await source.PassedAsync(ct) is { } passed)
            samples.Enqueue((time.GetTimestamp(), Math.Min(passed + 1, queue.Cache.LogFloor ?? long.MaxValue)));
        return old;
    }

    [LoggerMessage(5005, LogLevel.Warning, "Stuck events could not be looked for; tried again")]
    private partial void LogFailed(Exception error);
}
