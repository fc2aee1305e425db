using ComplianceGrid.Events;
using ComplianceGrid.Streams.Tests.Support;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Tests.Conformance;

/// <summary>A transport under the tests that all of them must pass. A provider's name stands for a place of its own.</summary>
internal abstract class Transport : IAsyncDisposable
{
    /// <summary>What the transport does not promise, and why: the name of the test, and the words that the table in docs/streams.md has.</summary>
    public abstract IReadOnlyDictionary<string, string> NotOffered { get; }

    /// <summary>Events of a stream in one delivery, at most.</summary>
    public int DeliveryBatch { get; set; } = 1;

    public abstract Arrivals NewArrivals();

    /// <summary>Adds it to a silo, with subscriptions of both kinds.</summary>
    /// <param name="deliveryTime">For how long a grain that throws is tried again.</param>
    public abstract void Add(ISiloBuilder silo, string provider, TimeSpan deliveryTime);

    /// <summary>Publishes while there is no silo.</summary>
    public abstract Task PublishOutsideAsync(string provider, IEnumerable<ComplianceEvent> events, CancellationToken ct);

    /// <summary>Until a silo that starts now would deliver nothing.</summary>
    public abstract Task UntilSettledAsync(string provider, CancellationToken ct);

    /// <summary>Ids of the events that were given up and kept, when there are any.</summary>
    public abstract Task<IReadOnlyList<string>> ParkedAsync(string provider, CancellationToken ct);

    public abstract ValueTask DisposeAsync();

    /// <param name="providers">Makes each provider's place, before a silo has it.</param>
    public abstract Task PrepareAsync(CancellationToken ct, params string[] providers);

    public Task<TestSilo> StartSiloAsync(Arrivals arrivals, CancellationToken ct, params string[] providers) =>
        TestSilo.StartAsync(silo =>
        {
            silo.AddMemoryGrainStorage("PubSubStore");
            foreach (var provider in providers) Add(silo, provider, TimeSpan.FromMilliseconds(400));
        }, arrivals, ct);

    protected const StreamPubSubType Both = StreamPubSubType.ExplicitGrainBasedAndImplicit;
}
