using System.Diagnostics.Metrics;
using ComplianceGrid.Storage.Retention;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Silo.Retention;

/// <summary>What goes when: the event log and the inbox would grow for ever otherwise.</summary>
internal sealed partial class TransportRetention(ExpiredRows rows, IOptions<RetentionOptions> options, TimeProvider time, ILogger<TransportRetention> log)
{
    private static readonly Meter Meter = new("ComplianceGrid.Silo");
    private static readonly Counter<long> Removed = Meter.CreateCounter<long>("grid.retention.removed", "{row}", "Rows removed because they had served and were old enough");

    public async Task RunAsync(CancellationToken ct)
    {
        var keep = options.Value;
        var now = time.GetUtcNow();
        await RemoveAsync("events", rows.RemoveEventsAsync(now.AddDays(-keep.EventDays), ct));
        await RemoveAsync("webhooks", rows.RemoveWebhooksAsync(now.AddDays(-keep.WebhookDays), ct));
        await RemoveAsync("webhook-conflicts", rows.RemoveConflictsAsync(now.AddDays(-keep.WebhookDays), ct));
        await RemoveAsync("session-ends", rows.RemoveSessionEndsAsync(now.AddDays(-keep.SessionEndDays), ct));
        await RemoveAsync("parked-events", rows.RemoveReplayedAsync(now.AddDays(-keep.ParkedEventDays), ct));
    }

    private async Task RemoveAsync(string what, IAsyncEnumerable<int> batches)
    {
        var all = 0L;
        await foreach (var removed in batches)
        {
            all += removed;
            if (removed > 0) Removed.Add(removed, new KeyValuePair<string, object?>("rows", what)); // batch by batch: each is committed
        }

        if (all > 0) LogRemoved(all, what);
    }

    [LoggerMessage(330, LogLevel.Information, "{Rows} old {What} were removed.")]
    private partial void LogRemoved(long rows, string what);
}
