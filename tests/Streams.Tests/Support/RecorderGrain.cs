using ComplianceGrid.Events;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace ComplianceGrid.Streams.Tests.Support;

public interface IRecorderGrain : IGrainWithStringKey;

[ImplicitStreamSubscription(StreamNamespaces.Compliance)]
internal sealed class RecorderGrain(Arrivals arrivals, ILocalSiloDetails silo)
    : Grain, IRecorderGrain, IStreamSubscriptionObserver, IAsyncObserver<ComplianceEvent>
{
    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<ComplianceEvent>().ResumeAsync(this);

    public Task OnNextAsync(ComplianceEvent item, StreamSequenceToken? token = null)
    {
        Assert.Equal(this.GetPrimaryKeyString(), item.Key);
        return arrivals.HandleAsync(item, token, silo.Name);
    }

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
