using System.Diagnostics;
using System.Security.Cryptography;
using ComplianceGrid.Events;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Tests.Kafka;

/// <summary>From the event log, and from other producers, over a topic through a real silo's agents to grains.</summary>
public sealed class SiloDeliveryTests
{
    [Fact]
    public async Task Every_committed_event_of_the_log_reaches_its_grain_in_its_writers_order()
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue - 100);
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        await using var db = await GridDatabase.CreateAsync(ct);
        await using var arrivals = new Arrivals(db.Grid(GridRole.Silo)) { Behaviour = _ => false };
        var broker = await TestBroker.SharedAsync();
        var topic = await broker.NewTopicAsync();
        var writers = new EventWriters(db.Grid(GridRole.Silo), db.Grid(GridRole.Superuser), writers: 8, eventsEach: 1_000, seed);
        await using var silo = await KafkaSilo.StartAsync(broker, topic, db.Grid(GridRole.Silo), arrivals, ct);

        await writers.RunAsync(ct);
        await arrivals.UntilAsync(() => arrivals.Count >= writers.Total, $"all {writers.Total} of seed {seed}; {arrivals.Count} did", ct);

        writers.AssertAllArrivedInOrder(arrivals.Events);
        Assert.All(arrivals.Events, e => Assert.NotNull(e.LogPosition));
    }

    [Fact]
    public async Task While_silos_come_and_go_no_event_is_lost()
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue - 100);
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        await using var db = await GridDatabase.CreateAsync(ct);
        await using var arrivals = new Arrivals(db.Grid(GridRole.Silo));
        var broker = await TestBroker.SharedAsync();
        var topic = await broker.NewTopicAsync();
        Task<TestSilo> StartAsync(TestSilo? primary = null) =>
            KafkaSilo.StartAsync(broker, topic, db.Grid(GridRole.Silo), arrivals, ct, options => options.Group = topic, primary);
        await using var first = await StartAsync();
        EventWriters[] phases = [.. Enumerable.Range(0, 3).Select(phase =>
            new EventWriters(db.Grid(GridRole.Silo), db.Grid(GridRole.Superuser), writers: 2, eventsEach: 500, seed, phase))];
        await phases[0].RunAsync(ct);
        await using (var second = await StartAsync(first))
        {
            await phases[1].RunAsync(ct);
            await arrivals.UntilAsync(() => arrivals.All.Select(arrival => arrival.Silo).Distinct().Count() == 2, "grains on both silos", ct);
            await Task.WhenAll(phases[2].RunAsync(ct), second.StopAsync());
        }

        var total = phases.Sum(phase => phase.Total);
        await arrivals.UntilAsync(() => arrivals.Count >= total, $"all {total} of seed {seed}; {arrivals.Count} did", ct);
        await Topics.UntilCommittedAsync(broker, topic, ct);
    }

    [Fact]
    public async Task A_client_produces_and_needs_no_database_and_its_trace_goes_over_the_topic_whose_offset_is_committed()
    {
        var ct = TestContext.Current.CancellationToken;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ComplianceGrid.Streams",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        await using var db = await GridDatabase.CreateAsync(ct);
        await using var arrivals = new Arrivals(db.Grid(GridRole.Silo));
        var broker = await TestBroker.SharedAsync();
        var topic = await broker.NewTopicAsync();
        await using var silo = await KafkaSilo.StartAsync(broker, topic, db.Grid(GridRole.Silo), arrivals, ct, options => options.Group = topic);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(orleans => orleans.UseLocalhostClustering(silo.Gateway).AddKafkaStreams(StreamNamespaces.Provider, options =>
        {
            broker.Configure(options);
            options.Topic = topic;
        }));
        using var client = builder.Build();
        await client.StartAsync(ct);
        using var cause = new Activity("cause").Start();
        var produced = await ProduceAsync();

        var arrival = Assert.Single(arrivals.All);
        Assert.Equal(produced with { TraceParent = cause.Id }, arrival.Event);
        Assert.Equal(cause.TraceId, arrival.Trace?.TraceId);
        // Of a machine that others load it cannot be expected every time; of one that never commits what is idle, not once.
        for (var tries = 1; !await Topics.IsCommittedAsync(broker, topic, within: TimeSpan.FromSeconds(5), ct); tries++)
        {
            Assert.True(tries < 5, "five times its end was not committed within five seconds");
            await ProduceAsync();
        }

        await client.StopAsync(ct);

        async Task<ComplianceEvent> ProduceAsync()
        {
            var e = TestEvents.Of(TestEvents.Employee(1), "s", arrivals.Count + 1);
            await client.Services.GetRequiredKeyedService<IStreamProvider>(StreamNamespaces.Provider).GetStream<ComplianceEvent>(StreamId.Create(e.Namespace, e.Key)).OnNextAsync(e);
            await arrivals.UntilAsync(() => arrivals.Events.Any(arrived => arrived.Id == e.Id), "the client's event", ct);
            return e;
        }
    }
}
