using ComplianceGrid.Events;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace ComplianceGrid;

/// <summary>A grain that is told of compliance events by a stream whose key is its own.</summary>
internal abstract class StreamedGrain : Grain, IAsyncObserver<ComplianceEvent>, IStreamSubscriptionObserver
{
    public abstract Task Apply(ComplianceEvent e);

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<ComplianceEvent>().ResumeAsync(this);

    public Task OnNextAsync(ComplianceEvent item, StreamSequenceToken? token = null) => Apply(item);

    /// <summary>Tells of the transport, not of this grain; the transport logs it, and the event stays open.</summary>
    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
