using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Core;

/// <summary>Hands a transport's queue to Orleans' agent. A transport that is away costs a pause, not an event.</summary>
internal sealed partial class QueueReceiver(LiveQueue queue, LiveQueues queues, IQueueSource source, DeliveryBackoff backoff, TimeProvider time, ILogger log)
    : IQueueAdapterReceiver
{
    private int _failures;

    /// <summary>The first read finds the place to begin; a transport that is away at this moment is asked again then.</summary>
    public Task Initialize(TimeSpan timeout)
    {
        queue.Source = source;
        return Task.CompletedTask;
    }

    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount, CancellationToken cancellationToken)
    {
        queue.Stopping = cancellationToken;
        try
        {
            var events = await source.ReadAsync(maxCount, cancellationToken);
            if (_failures > 0) LogBack(queue.Provider, queue.Number, _failures);
            _failures = 0;
            foreach (var e in events) e.Queue = queue;
            return [.. events, .. queue.TakeNudges()];
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return [];
        }
        catch (Exception error)
        {
            if (_failures++ == 0) LogAway(error, queue.Provider, queue.Number);
            await Task.Delay(backoff.Next(_failures), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return [];
        }
    }

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages, CancellationToken cancellationToken) =>
        queue.Cache.Floor is { } floor ? source.DeliveredAsync(floor - 1, cancellationToken) : Task.CompletedTask;

    public async Task Shutdown(TimeSpan timeout)
    {
        // The agent asks for what left its cache before it reads, and reads no more. What left is seen before the queue goes: a failure after that is told to nobody.
        var delivered = MessagesDeliveredAsync([], default);
        queues.Remove(queue);
        await delivered;
        await source.DisposeAsync();
    }

    Task<IList<IBatchContainer>> IQueueAdapterReceiver.GetQueueMessagesAsync(int maxCount) => GetQueueMessagesAsync(maxCount, default);

    Task IQueueAdapterReceiver.MessagesDeliveredAsync(IList<IBatchContainer> messages) => MessagesDeliveredAsync(messages, default);

    [LoggerMessage(5001, LogLevel.Error, "Queue {Queue} of {Provider} cannot be read; nothing is lost, reading is tried on")]
    private partial void LogAway(Exception error, string provider, int queue);

    [LoggerMessage(5002, LogLevel.Information, "Queue {Queue} of {Provider} is read again after {Failures} failures")]
    private partial void LogBack(string provider, int queue, int failures);
}
