using System.Security.Cryptography;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Streams.Tests.Kafka;

/// <summary>A broker with a disk, of this class alone, that is killed and started again. Mocks that are taken away forget nothing, as nothing of them dies.</summary>
public sealed class KilledBrokerTests(ApacheKafkaFixture fixture) : IClassFixture<ApacheKafkaFixture>, IAsyncLifetime
{
    private GridDatabase _db = null!;
    private ApacheKafka _kafka = null!;
    private string _topic = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _db = await GridDatabase.CreateAsync(Ct);
        _kafka = await fixture.GetAsync();
        _topic = await _kafka.NewTopicAsync();
    }

    public ValueTask DisposeAsync() => _db.DisposeAsync();

    [Fact]
    public async Task Killed_while_events_flow_it_costs_none_of_them_and_no_order()
    {
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue - 100);
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        EventWriters[] phases = [.. Enumerable.Range(0, 2).Select(phase =>
            new EventWriters(_db.Grid(GridRole.Silo), _db.Grid(GridRole.Superuser), writers: 4, eventsEach: 250, seed, phase))];
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using var silo = await SiloAsync(arrivals);

        var flow = phases[0].RunAsync(Ct);
        await arrivals.UntilAsync(() => arrivals.Count >= 100, "events flow", Ct);
        await _kafka.KillBrokerAsync(Ct);
        await flow;
        await phases[1].RunAsync(Ct);
        await _kafka.StartBrokerAsync(Ct);

        // Nothing is published again in this time: what the broker had acknowledged, it has.
        var total = phases.Sum(phase => phase.Total);
        await arrivals.UntilAsync(() => arrivals.Count >= total, $"all {total} of seed {seed}; {arrivals.Count} did", Ct);
        var arrived = EventWriters.Group(arrivals.Events);
        foreach (var (key, versions) in phases.SelectMany(phase => phase.Committed)) Assert.Equal(versions, arrived[key]);
        await TestEvents.UntilAllSavedAsync(_db.Grid(GridRole.Silo), Ct);
        await Topics.UntilCommittedAsync(_kafka, _topic, Ct);
    }

    [Fact]
    public async Task Started_again_it_knows_what_was_committed_and_nothing_is_delivered_twice()
    {
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using (var silo = await SiloAsync(arrivals))
        {
            await AppendAsync("before");
            await arrivals.UntilAsync(() => arrivals.Count == 40, "the events before", Ct);
            await Topics.UntilCommittedAsync(_kafka, _topic, Ct);
        }

        await _kafka.KillBrokerAsync(Ct);
        await _kafka.StartBrokerAsync(Ct);

        await AppendAsync("after"); // one behind each of those before
        await using var next = await SiloAsync(arrivals);
        await arrivals.UntilAsync(() => arrivals.Count == 80, "the events after", Ct);
        Assert.Equal(80, arrivals.All.Count);
    }

    private Task<TestSilo> SiloAsync(Arrivals arrivals) =>
        KafkaSilo.StartAsync(_kafka, _topic, _db.Grid(GridRole.Silo), arrivals, Ct, options => options.Group = _topic);

    private Task AppendAsync(string source) =>
        TestEvents.AppendAsync(_db.Grid(GridRole.Silo), Enumerable.Range(0, 40).Select(n => TestEvents.Of(TestEvents.Employee(n), source, n)), Ct);
}
