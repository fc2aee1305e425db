namespace ComplianceGrid.Streams.Core.Failures;

/// <summary>
/// Sees each try of a delivery on its way to the grain: counts it, and keeps the error that Orleans does not hand to the
/// failure handler. Of a batch it sends what the try is of, and tells the batch how it went.
/// </summary>
internal sealed class DeliveryFilter : IOutgoingGrainCallFilter
{
    // DeliverBatch(subscription, stream, batch, handshake, cancellation), of an interface that is Orleans' own.
    private const string Method = "DeliverBatch";
    private const int Batch = 2;

    public Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context.MethodName != Method || context.Request.GetArgumentCount() <= Batch) return context.Invoke();
        return context.Request.GetArgument(Batch) switch
        {
            StreamedEvent { Queue: { } queue } e => DeliverAsync(context, e, queue),
            EventBatch { First.Queue: { } queue } batch => DeliverAsync(context, batch, queue),
            _ => context.Invoke(),
        };
    }

    private static async Task DeliverAsync(IOutgoingGrainCallContext context, StreamedEvent e, LiveQueue queue)
    {
        CountTry(e, queue);
        try
        {
            await context.Invoke();
            if (context.Response?.Exception is { } thrown) e.LastError = thrown;
            else queue.CountDelivered();
        }
        catch (Exception error)
        {
            e.LastError = error;
            throw;
        }
    }

    private static async Task DeliverAsync(IOutgoingGrainCallContext context, EventBatch batch, LiveQueue queue)
    {
        if (batch.HasFailed)
        {
            batch.GoAlone();
            context.Request.SetArgument(Batch, batch.First);
            await DeliverAsync(context, batch.First, queue);
            return;
        }

        context.Request.SetArgument(Batch, batch.ToSend());
        foreach (var e in batch.Events) CountTry(e, queue);
        try
        {
            await context.Invoke();
        }
        catch
        {
            batch.Failed();
            throw;
        }

        if (context.Response?.Exception is not null)
        {
            batch.Failed();
            return;
        }

        batch.Delivered();
        queue.CountDelivered(batch.Events.Count);
    }

    private static void CountTry(StreamedEvent e, LiveQueue queue)
    {
        if (e.Tries++ > 0) queue.CountRetry();
    }
}
