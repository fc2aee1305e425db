using ComplianceGrid.Events;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace ComplianceGrid.Streams.Tests.Support;

public interface IRecorderGrain : IGrainWithStringKey
{
    Task DeactivateAsync();
}

[ImplicitStreamSubscription(StreamNamespaces.Compliance)]
internal sealed class RecorderGrain(Arrivals arrivals, ILocalSiloDetails silo) : Grain, IRecorderGrain, IStreamSubscriptionObserver
{
    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        handleFactory.Create<ComplianceEvent>().ResumeAsync(new Recorder(arrivals, this, silo.Name, handleFactory.ProviderName));

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

public interface IListenerGrain : IGrainWithStringKey
{
    /// <param name="from">Null: from now on.</param>
    Task ListenAsync(string provider, StreamId stream, StreamSequenceToken? from);

    /// <summary>From now on, in batches.</summary>
    Task ListenInBatchesAsync(string provider, StreamId stream);
}

/// <summary>Subscribes by asking; its key is its own affair.</summary>
internal sealed class ListenerGrain(Arrivals arrivals, ILocalSiloDetails silo) : Grain, IListenerGrain
{
    public Task ListenAsync(string provider, StreamId stream, StreamSequenceToken? from) =>
        this.GetStreamProvider(provider).GetStream<ComplianceEvent>(stream).SubscribeAsync(new Recorder(arrivals, this, silo.Name, provider), from);

    public Task ListenInBatchesAsync(string provider, StreamId stream) =>
        this.GetStreamProvider(provider).GetStream<ComplianceEvent>(stream).SubscribeAsync(new BatchRecorder(arrivals, this, silo.Name, provider));
}

internal sealed class Recorder(Arrivals arrivals, Grain grain, string silo, string provider) : IAsyncObserver<ComplianceEvent>
{
    public Task OnNextAsync(ComplianceEvent item, StreamSequenceToken? token = null) => arrivals.HandleAsync(new(item, token, silo)
    {
        Grain = grain.GetPrimaryKeyString(),
        Activation = grain.GrainContext.ActivationId,
        Provider = provider,
        Trace = System.Diagnostics.Activity.Current?.Context,
    });

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}

internal sealed class BatchRecorder(Arrivals arrivals, Grain grain, string silo, string provider) : IAsyncBatchObserver<ComplianceEvent>
{
    public Task OnNextAsync(IList<SequentialItem<ComplianceEvent>> items) => arrivals.HandleBatchAsync([.. items.Select(item => new Arrival(item.Item, item.Token, silo)
    {
        Grain = grain.GetPrimaryKeyString(),
        Provider = provider,
    })]);

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
