using ComplianceGrid.Events;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Streams.Core.Failures;

/// <summary>Does not return before a failed event is republished or parked, however long the transport is away.</summary>
internal sealed partial class FailureSettler(IStreamTransport transport, DeliveryBackoff backoff, TimeProvider time, ILogger<FailureSettler> log)
{
    /// <exception cref="OperationCanceledException">The queue was given up first. The event is still open, which is safe.</exception>
    public Task<FailureOutcome> SettleAsync(LiveQueue queue, StreamedEvent failed, string reason, CancellationToken ct) =>
        SettleAsync(queue, failed.Position, reason, () => transport.SettleDeliveryAsync(queue.Number, failed, reason, ct), ct);

    /// <param name="position">Of a row of the event log that is open and that nobody holds.</param>
    /// <exception cref="OperationCanceledException">The queue was given up first. The event is still open, which is safe.</exception>
    public Task<FailureOutcome> SettleUnsavedAsync(LiveQueue queue, long position, string reason, CancellationToken ct) =>
        SettleAsync(queue, position, reason, () => transport.SettleUnsavedAsync(new EventLogPosition(queue.Number, position), reason, ct), ct);

    private async Task<FailureOutcome> SettleAsync(
        LiveQueue queue, long position, string reason, Func<Task<FailureOutcome>> settle, CancellationToken ct)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                ct.ThrowIfCancellationRequested();
                var outcome = await settle();
                queue.CountSettled(outcome);
                LogSettled(queue.Provider, queue.Number, position, outcome, reason);
                return outcome;
            }
            catch (Exception error)
            {
                // A queue that was given up meanwhile ends in one way, whatever the transport said.
                ct.ThrowIfCancellationRequested();
                LogNotSettled(error, queue.Provider, queue.Number, position);
            }

            await Task.Delay(backoff.Next(tries), time, ct);
        }
    }

    [LoggerMessage(5003, LogLevel.Warning, "Event at {Position} of queue {Queue} of {Provider}: {Outcome}, because: {Reason}")]
    private partial void LogSettled(string provider, int queue, long position, FailureOutcome outcome, string reason);

    [LoggerMessage(5004, LogLevel.Error, "Event at {Position} of queue {Queue} of {Provider} can be neither republished nor parked yet; tried on")]
    private partial void LogNotSettled(Exception error, string provider, int queue, long position);
}
