using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Parking;
using ComplianceGrid.Streams.Kafka;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Tests.Kafka;

/// <summary>Subscribers that ask for events which have long left the cache.</summary>
public sealed class RewindTests : IAsyncLifetime
{
    private static readonly string Key = TestEvents.Employee(7);
    private static readonly DateTimeOffset Then = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private GridDatabase _db = null!;
    private TestBroker _broker = null!;
    private string _topic = "";
    private string _namespace = StreamNamespaces.Orders;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _db = await GridDatabase.CreateAsync(Ct);
        _broker = await TestBroker.SharedAsync();
        _topic = await _broker.NewTopicAsync();
    }

    public ValueTask DisposeAsync() => _db.DisposeAsync();

    [Fact]
    public async Task From_a_token_everything_comes_once_and_in_order_up_to_what_is_published_meanwhile()
    {
        await ProduceAsync(Enumerable.Range(0, 1_000));
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using var silo = await SiloAsync(arrivals);
        await Topics.UntilCommittedAsync(_broker, _topic, Ct); // nobody listens: all of it has left the cache

        await Listener(silo).ListenAsync(StreamNamespaces.Provider, Stream, new EventSequenceTokenV2(300));
        await ProduceAsync(Enumerable.Range(1_000, 500));
        await arrivals.UntilAsync(() => arrivals.All.Count >= 1_200, $"the events from the token on; {arrivals.All.Count} came", Ct);

        Assert.Equal(Enumerable.Range(300, 1_200).Select(n => (long)n), arrivals.Events.Select(e => e.Data.SourceVersion));
        await Topics.UntilCommittedAsync(_broker, _topic, Ct);
    }

    [Fact]
    public async Task From_a_time_the_events_own_time_counts()
    {
        await ProduceAsync(Enumerable.Range(0, 200));
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using var silo = await SiloAsync(arrivals);
        await Topics.UntilCommittedAsync(_broker, _topic, Ct);

        await Listener(silo).ListenAsync(StreamNamespaces.Provider, Stream, new EventTimeToken(Then.AddMinutes(150)));
        await ProduceAsync([200]);
        await arrivals.UntilAsync(() => arrivals.All.Count >= 51, "the events from the time on", Ct);

        Assert.Equal(Enumerable.Range(150, 51).Select(n => (long)n), arrivals.Events.Select(e => e.Data.SourceVersion));
    }

    [Fact]
    public async Task A_new_group_can_begin_at_a_time()
    {
        _namespace = StreamNamespaces.Compliance; // which a grain hears unasked
        await ProduceAsync(Enumerable.Range(0, 100));
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using var silo = await SiloAsync(arrivals, options => (options.Start, options.StartTime) = (KafkaStart.Time, Then.AddMinutes(90)));
        await Topics.UntilCommittedAsync(_broker, _topic, Ct);
        await ProduceAsync([3]); // old, and new to the topic
        await arrivals.UntilAsync(() => arrivals.All.Count >= 11, "the events from the time on, and the one that came later", Ct);

        Assert.Equal([.. Enumerable.Range(90, 10).Select(n => (long)n), 3L], arrivals.Events.Select(e => e.Data.SourceVersion));
    }

    [Fact]
    public async Task An_event_of_the_past_that_cannot_be_delivered_is_parked_too()
    {
        await ProduceAsync(Enumerable.Range(0, 20));
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo)) { Behaviour = e => e.Data.SourceVersion == 5 ? throw new InvalidDataException("no date") : true };
        await using var silo = await SiloAsync(arrivals, options => options.MaxEventDeliveryTime = TimeSpan.FromMilliseconds(300));
        await Topics.UntilCommittedAsync(_broker, _topic, Ct);

        await Listener(silo).ListenAsync(StreamNamespaces.Provider, Stream, new EventSequenceTokenV2(0));
        await ProduceAsync([20]);
        await arrivals.UntilAsync(() => arrivals.Count >= 21, "the events after it", Ct);
        await using var database = NpgsqlDataSource.Create(_db.Grid(GridRole.Silo));
        Assert.Equal("s#5", Assert.Single(await new ParkedEvents(database, TimeProvider.System).ListAsync(null, null, 10, Ct)).EventId);
    }

    private StreamId Stream => StreamId.Create(_namespace, Key);

    private static IListenerGrain Listener(TestSilo silo) => silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IListenerGrain>("late");

    private Task ProduceAsync(IEnumerable<int> versions) => Topics.ProduceAsync(_broker, _topic, EventQueues.Of(Key), versions.Select(n =>
        CloudEventJson.Write(TestEvents.Of(Key, "s", n) with { Namespace = _namespace, Time = Then.AddMinutes(n) })));

    private Task<TestSilo> SiloAsync(Arrivals arrivals, Action<KafkaStreamOptions>? configure = null) =>
        KafkaSilo.StartAsync(_broker, _topic, _db.Grid(GridRole.Silo), arrivals, Ct, options =>
        {
            options.Group = _topic;
            options.PubSub = StreamPubSubType.ExplicitGrainBasedAndImplicit;
            (options.CacheSize, options.ReadBatch) = (64, 32);
            configure?.Invoke(options);
        });
}
