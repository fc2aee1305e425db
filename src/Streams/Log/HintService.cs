using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Events.Reader;
using ComplianceGrid.Streams.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Streams.Log;

/// <summary>Keeps this process' one listening connection. While it is broken, readers hear of this process' own events, and wait out their time for others'.</summary>
/// <param name="own">What this process appends; null: nothing.</param>
internal sealed partial class HintService(
    EventHintListener listener, EventHints? own, QueueHints hints, DeliveryBackoff backoff, TimeProvider time, ILogger<HintService> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        own?.Grown += hints.Raise;
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await listener.ListenAsync(() => failures = 0, hints.Raise, stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                if (failures == 0) LogDeaf(error);
            }

            await Task.Delay(backoff.Next(failures++), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(5010, LogLevel.Warning, "The hints of the event log are not heard; its readers poll until they are again")]
    private partial void LogDeaf(Exception error);
}
