namespace ComplianceGrid.Streams.Core.Failures;

/// <summary>
/// Sees each try of a delivery on its way to the grain: counts it, and keeps the error that Orleans does not hand to the
/// failure handler.
/// </summary>
internal sealed class DeliveryFilter : IOutgoingGrainCallFilter
{
    // DeliverBatch(subscription, stream, batch, handshake, cancellation), of an interface that is Orleans' own.
    private const string Method = "DeliverBatch";
    private const int Batch = 2;

    public Task Invoke(IOutgoingGrainCallContext context) =>
        context.MethodName == Method && context.Request.GetArgumentCount() > Batch && context.Request.GetArgument(Batch) is StreamedEvent { Queue: { } queue } e
            ? DeliverAsync(context, e, queue)
            : context.Invoke();

    private static async Task DeliverAsync(IOutgoingGrainCallContext context, StreamedEvent e, LiveQueue queue)
    {
        if (e.Tries++ > 0) queue.CountRetry();
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
}
