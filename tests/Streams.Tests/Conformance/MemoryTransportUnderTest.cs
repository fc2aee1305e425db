using ComplianceGrid.Events;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Streams.Tests.Conformance;

/// <summary>Orleans' own, in the memory of the silos: what the others are measured by where it promises the same.</summary>
internal sealed class MemoryTransportUnderTest : Transport
{
    private const string Gone = "events live and die with the silos";

    private GridDatabase? _database;

    public override IReadOnlyDictionary<string, string> NotOffered { get; } = new Dictionary<string, string>
    {
        [nameof(ConformanceTests.What_was_published_before_there_was_a_silo_is_delivered)] = Gone,
        [nameof(ConformanceTests.A_poison_event_is_parked)] = "what is not delivered in time is dropped",
        [nameof(ConformanceTests.Of_a_batch_that_fails_only_the_poison_event_is_parked)] = "a batch that fails is dropped whole",
        [nameof(ConformanceTests.A_restarted_silo_goes_on_where_the_last_one_stopped)] = Gone,
    };

    public override Arrivals NewArrivals() => new(_database!.Grid(GridRole.Silo));

    public override async Task PrepareAsync(CancellationToken ct, params string[] providers) => _database = await GridDatabase.CreateAsync(ct);

    public override void Add(ISiloBuilder silo, string provider, TimeSpan deliveryTime) => silo.AddMemoryStreams(provider, streams =>
    {
        streams.ConfigureStreamPubSub(Both);
        streams.ConfigurePullingAgent(agent => agent.Configure(options =>
            (options.MaxEventDeliveryTime, options.BatchContainerBatchSize) = (deliveryTime, DeliveryBatch)));
    });

    public override Task PublishOutsideAsync(string provider, IEnumerable<ComplianceEvent> events, CancellationToken ct) => throw new NotSupportedException(Gone);

    public override Task UntilSettledAsync(string provider, CancellationToken ct) => throw new NotSupportedException(Gone);

    public override Task<IReadOnlyList<string>> ParkedAsync(string provider, CancellationToken ct) => Task.FromResult<IReadOnlyList<string>>([]);

    public override ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;
}
