using System.Diagnostics;
using System.Security.Cryptography;
using ComplianceGrid.Events;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Tests.Postgres;

/// <summary>From the event log through a real silo's agents to grains.</summary>
public sealed class SiloDeliveryTests
{
    [Fact]
    public async Task Every_committed_event_reaches_its_grain_in_its_writers_order()
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue - 100);
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        await using var db = await GridDatabase.CreateAsync(ct);
        await using var elsewhere = await OpenTransaction.BeginAsync(db.Audit(GridRole.AuditOwner), ct);
        await using var arrivals = new Arrivals(db.Grid(GridRole.Silo)) { Behaviour = _ => false };
        var writers = new EventWriters(db.Grid(GridRole.Silo), db.Grid(GridRole.Superuser), writers: 8, eventsEach: 4_000, seed);
        await using var silo = await TestSilo.StartAsync(db.Grid(GridRole.Silo), arrivals, ct);

        await writers.RunAsync(ct);
        await arrivals.UntilAsync(() => arrivals.Count >= writers.Total, $"all {writers.Total} of seed {seed}; {arrivals.Count} did", ct);

        writers.AssertAllArrivedInOrder(arrivals.Events);
        Assert.Equal(writers.Total, arrivals.All.Count);
        Assert.All(arrivals.All, arrival => Assert.Equal(arrival.Event.LogPosition?.Position, arrival.Token?.SequenceNumber));
    }

    [Fact]
    public async Task What_was_not_saved_when_the_silo_stopped_is_delivered_by_the_next_and_what_was_saved_is_not()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var db = await GridDatabase.CreateAsync(ct);
        await TestEvents.AppendAsync(db.Grid(GridRole.Silo), Enumerable.Range(0, 50).Select(n => TestEvents.Of(TestEvents.Employee(n % 20), "s", n)), ct);
        await using var first = new Arrivals(db.Grid(GridRole.Silo)) { Behaviour = e => e.Data.SourceVersion % 2 == 0 };
        await using (var silo = await TestSilo.StartAsync(db.Grid(GridRole.Silo), first, ct))
            await first.UntilAsync(() => first.Count == 50, "all events at the first silo", ct);
        Assert.Equal(50, first.All.Count);

        await using var second = new Arrivals(db.Grid(GridRole.Silo));
        await using var next = await TestSilo.StartAsync(db.Grid(GridRole.Silo), second, ct);
        await second.UntilAsync(() => second.Count >= 25, "the open events at the second silo", ct);
        await TestEvents.AppendAsync(db.Grid(GridRole.Silo), [TestEvents.Of(TestEvents.Employee(1), "last", 1)], ct);
        await second.UntilAsync(() => second.Times("last#1") == 1, "a new event after the open ones", ct);

        Assert.Equal(Enumerable.Range(0, 50).Where(n => n % 2 == 1).Select(n => (long)n),
            second.Events.Where(e => e.Data.SourceKey == "s").Select(e => e.Data.SourceVersion).Order());
    }

    [Fact]
    public async Task While_silos_come_and_go_no_event_is_lost()
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue - 100);
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        await using var db = await GridDatabase.CreateAsync(ct);
        await using var arrivals = new Arrivals(db.Grid(GridRole.Silo));
        await using var first = await TestSilo.StartAsync(db.Grid(GridRole.Silo), arrivals, ct);
        EventWriters[] phases = [.. Enumerable.Range(0, 3).Select(phase =>
            new EventWriters(db.Grid(GridRole.Silo), db.Grid(GridRole.Superuser), writers: 2, eventsEach: 1_000, seed, phase))];
        await phases[0].RunAsync(ct);
        await using (var second = await TestSilo.StartAsync(db.Grid(GridRole.Silo), arrivals, ct, primary: first))
        {
            await phases[1].RunAsync(ct);
            await arrivals.UntilAsync(() => arrivals.All.Select(arrival => arrival.Silo).Distinct().Count() == 2, "grains on both silos", ct);
            await Task.WhenAll(phases[2].RunAsync(ct), second.StopAsync());
        }

        var total = phases.Sum(phase => phase.Total);
        await arrivals.UntilAsync(() => arrivals.Count >= total, $"all {total} of seed {seed}; {arrivals.Count} did", ct);
        Assert.Equal(phases.SelectMany(phase => phase.Committed).Sum(group => group.Value.Count), EventWriters.Group(arrivals.Events).Sum(group => group.Value.Count));
    }

    [Fact]
    public async Task What_a_producer_puts_on_the_stream_goes_through_the_log_and_its_trace_goes_with_it()
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
        await using var silo = await TestSilo.StartAsync(db.Grid(GridRole.Silo), arrivals, ct);
        var e = TestEvents.Of(TestEvents.Employee(1), "s", 1, traceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        var provider = silo.Services.GetRequiredKeyedService<IStreamProvider>(StreamNamespaces.Provider);

        await provider.GetStream<ComplianceEvent>(StreamId.Create(e.Namespace, e.Key)).OnNextAsync(e);
        await arrivals.UntilAsync(() => arrivals.Count == 1, "the event", ct);

        var arrival = Assert.Single(arrivals.All);
        Assert.Equal(e, arrival.Event with { LogPosition = null });
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", arrival.Trace?.TraceId.ToHexString());
        await Assert.ThrowsAsync<ArgumentException>(() =>
            provider.GetStream<ComplianceEvent>(StreamId.Create(e.Namespace, TestEvents.Employee(2))).OnNextAsync(e));
    }
}
