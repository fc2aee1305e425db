using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Streams.Core.Monitoring;

/// <summary>Measures the lag of each queue that this process reads, and when it last made progress.</summary>
internal sealed partial class QueueMonitor(LiveQueues queues, GridStreamOptions options, TimeProvider time, ILogger<QueueMonitor> log)
    : BackgroundService
{
    private readonly ConcurrentDictionary<LiveQueue, (long Progress, long At)> _progress = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.MonitorPeriod, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await MeasureAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(error);
            }
        }
    }

    /// <summary>Queues that have had events waiting, and none leaving, for <see cref="GridStreamOptions.StalledAfter"/>.</summary>
    public IEnumerable<LiveQueue> Stalled =>
        _progress.Where(seen => seen.Key.Lag > 0 && time.GetElapsedTime(seen.Value.At) >= options.StalledAfter).Select(seen => seen.Key);

    internal async Task MeasureAsync(CancellationToken ct)
    {
        var live = queues.All.ToList();
        foreach (var gone in _progress.Keys.Except(live)) _progress.TryRemove(gone, out _);
        foreach (var queue in live)
        {
            if (queue.Source is { } source) queue.Unread = await source.CountWaitingAsync(ct);
            var progress = queue.Progress;
            if (queue.Lag == 0 || !_progress.TryGetValue(queue, out var seen) || seen.Progress != progress)
                _progress[queue] = (progress, time.GetTimestamp());
        }
    }

    [LoggerMessage(5006, LogLevel.Warning, "The lag of the queues could not be measured")]
    private partial void LogFailed(Exception error);
}
