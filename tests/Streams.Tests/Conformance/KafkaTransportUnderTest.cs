using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Parking;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Streams.Tests.Conformance;

/// <summary>A topic for each provider.</summary>
internal sealed class KafkaTransportUnderTest : Transport
{
    private readonly Func<Task<TestBroker>> _start;
    private readonly Dictionary<string, string> _topics = [];
    private GridDatabase? _database;
    private TestBroker _broker = null!;

    /// <summary>On the brokers that the environment names, or on mocks.</summary>
    public KafkaTransportUnderTest() => _start = TestBroker.SharedAsync;

    public KafkaTransportUnderTest(ApacheKafkaFixture kafka) => _start = async () => await kafka.GetAsync();

    public override IReadOnlyDictionary<string, string> NotOffered { get; } = new Dictionary<string, string>();

    public override Arrivals NewArrivals() => new(_database!.Grid(GridRole.Silo));

    public override async Task PrepareAsync(CancellationToken ct, params string[] providers)
    {
        _database = await GridDatabase.CreateAsync(ct);
        _broker = await _start();
        foreach (var provider in providers) _topics[provider] = await _broker.NewTopicAsync();
    }

    public override void Add(ISiloBuilder silo, string provider, TimeSpan deliveryTime) => silo.AddKafkaStreams(provider, options =>
    {
        options.ConnectionString = _database!.Grid(GridRole.Silo);
        options.Topic = options.Group = _topics[provider];
        options.MaxEventDeliveryTime = deliveryTime;
        options.PubSub = Both;
        options.DeliveryBatch = DeliveryBatch;
        options.Relay = false; // the topic alone
        _broker.Configure(options);
    });

    public override async Task PublishOutsideAsync(string provider, IEnumerable<ComplianceEvent> events, CancellationToken ct)
    {
        foreach (var partition in events.GroupBy(e => EventQueues.Of(e.Key)))
            await Topics.ProduceAsync(_broker, _topics[provider], partition.Key, partition.Select(CloudEventJson.Write));
    }

    public override Task UntilSettledAsync(string provider, CancellationToken ct) => Topics.UntilCommittedAsync(_broker, _topics[provider], ct);

    public override async Task<IReadOnlyList<string>> ParkedAsync(string provider, CancellationToken ct)
    {
        await using var database = NpgsqlDataSource.Create(_database!.Grid(GridRole.Silo));
        return [.. (await new ParkedEvents(database, TimeProvider.System).ListAsync(null, null, 10, ct)).Select(item => item.EventId)];
    }

    public override ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;
}
