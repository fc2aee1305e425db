using Orleans.Streams;

namespace ComplianceGrid.Streams.Core.Failures;

/// <summary>
/// Called when a delivery was tried in vain for <see cref="GridStreamOptions.MaxEventDeliveryTime"/>. The cursor moves on
/// whatever happens here, an exception included: so this returns only when the event is safe elsewhere.
/// </summary>
internal sealed class DeliveryFailureHandler(int queueNumber, LiveQueues queues, FailureSettler settler) : IStreamFailureHandler
{
    /// <summary>Implicit subscriptions cannot be faulted.</summary>
    public bool ShouldFaultSubsriptionOnError => false;

    public async Task OnDeliveryFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken)
    {
        if (sequenceToken is null || queues.Find(queueNumber) is not { } queue) return;
        // An agent that stops fails its deliveries: the next agent begins at the oldest open event.
        if (queue.Stopping.IsCancellationRequested)
        {
            queue.Cache.LeaveOpen(sequenceToken.SequenceNumber);
            return;
        }

        // Its events come again one by one.
        if (sequenceToken.EventIndex == EventBatch.OfFailedBatch) return;
        // Held while it is being delivered: by the cursor that the agent has it from, until that cursor moves on.
        if (queue.Cache.Find(streamIdentity, sequenceToken.SequenceNumber) is not { } failed) return;
        var reason = failed.LastError is { } error ? FailureReason.Of(error) : "The delivery failed.";
        try
        {
            await settler.SettleAsync(queue, failed, reason, queue.Stopping);
        }
        catch (OperationCanceledException) when (queue.Stopping.IsCancellationRequested)
        {
            queue.Cache.LeaveOpen(sequenceToken.SequenceNumber);
        }
    }

    /// <summary>The grain did not answer where to begin. The agent begins at the event at hand, whose delivery then shows why.</summary>
    public Task OnSubscriptionFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken) =>
        Task.CompletedTask;
}
