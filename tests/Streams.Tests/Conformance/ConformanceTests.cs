using System.Runtime.CompilerServices;
using ComplianceGrid.Events;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Tests.Conformance;

/// <summary>What every transport does alike. The table in docs/streams.md has a row for each test, by its name.</summary>
public abstract class ConformanceTests : IAsyncLifetime
{
    private const string First = "first", Second = "second";

    private readonly Transport _transport;

    private protected ConformanceTests(Transport transport) => _transport = transport;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _transport.PrepareAsync(Ct, First, Second);

    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    [Fact]
    public async Task Implicit_subscribers_hear_their_own_stream_and_no_other()
    {
        await using var arrivals = _transport.NewArrivals();
        await using var silo = await _transport.StartSiloAsync(arrivals, Ct, First);

        await PublishAsync(silo, First, Enumerable.Range(0, 100).Select(n => TestEvents.Of(TestEvents.Employee(n % 20), $"s{n % 20}", n)));
        await arrivals.UntilAsync(() => arrivals.Count == 100, "all events", Ct);

        Assert.All(arrivals.All, arrival => Assert.Equal(arrival.Grain, arrival.Event.Key));
        Assert.Equal(20, arrivals.All.Select(arrival => arrival.Grain).Distinct().Count());
    }

    [Fact]
    public async Task Explicit_subscribers_hear_what_comes_after_they_subscribed()
    {
        await using var arrivals = _transport.NewArrivals();
        await using var silo = await _transport.StartSiloAsync(arrivals, Ct, First);
        foreach (var listener in (string[])["one", "two"]) await Listener(silo, listener).ListenAsync(First, Orders(7), null);

        await PublishAsync(silo, First, Enumerable.Range(0, 30).Select(n => OrderEvent(7, n)));
        await arrivals.UntilAsync(() => arrivals.All.Count(arrival => arrival.Grain == "one") == 30 && arrivals.All.Count(arrival => arrival.Grain == "two") == 30, "all events at both", Ct);
    }

    [Fact]
    public async Task Events_of_a_key_arrive_in_the_order_in_which_they_were_published()
    {
        await using var arrivals = _transport.NewArrivals();
        await using var silo = await _transport.StartSiloAsync(arrivals, Ct, First);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(key =>
            PublishAsync(silo, First, Enumerable.Range(0, 50).Select(n => TestEvents.Of(TestEvents.Employee(key), $"s{key}", n)))));
        await arrivals.UntilAsync(() => arrivals.Count == 500, "all events", Ct);

        foreach (var key in arrivals.Events.DistinctBy(e => e.Id).GroupBy(e => e.Key))
            Assert.Equal(Enumerable.Range(0, 50).Select(n => (long)n), key.Select(e => e.Data.SourceVersion));
    }

    [Fact]
    public async Task What_was_published_before_there_was_a_silo_is_delivered()
    {
        if (IsNotOffered()) return;
        await _transport.PublishOutsideAsync(First, Enumerable.Range(0, 50).Select(n => TestEvents.Of(TestEvents.Employee(n), "s", n)), Ct);
        await using var arrivals = _transport.NewArrivals();
        await using var silo = await _transport.StartSiloAsync(arrivals, Ct, First);
        await arrivals.UntilAsync(() => arrivals.Count == 50, "all events", Ct);
    }

    [Fact]
    public async Task A_grain_that_was_deactivated_is_activated_by_its_next_event()
    {
        await using var arrivals = _transport.NewArrivals();
        await using var silo = await _transport.StartSiloAsync(arrivals, Ct, First);
        var key = TestEvents.Employee(1);
        for (var n = 0; n < 3; n++)
        {
            await PublishAsync(silo, First, [TestEvents.Of(key, "s", n)]);
            await arrivals.UntilAsync(() => arrivals.Count == n + 1, $"event {n}", Ct);
            await silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IRecorderGrain>(key).DeactivateAsync();
        }

        Assert.Equal([0L, 1, 2], arrivals.Events.DistinctBy(e => e.Id).Select(e => e.Data.SourceVersion));
        Assert.Equal(3, arrivals.All.Select(arrival => arrival.Activation).Distinct().Count());
    }

    [Fact]
    public async Task Two_providers_side_by_side_keep_their_events_apart()
    {
        await using var arrivals = _transport.NewArrivals();
        arrivals.Behaviour = _ => false;
        await using var silo = await _transport.StartSiloAsync(arrivals, Ct, First, Second);

        await Task.WhenAll(((string[])[First, Second]).Select(provider =>
            PublishAsync(silo, provider, Enumerable.Range(0, 50).Select(n => TestEvents.Of(TestEvents.Employee(n % 5), provider, n)))));
        await arrivals.UntilAsync(() => arrivals.Count == 100, "all events of both", Ct);

        Assert.All(arrivals.All, arrival => Assert.Equal(arrival.Provider, arrival.Event.Data.SourceKey));
    }

    [Fact]
    public async Task A_subscriber_rewinds_to_a_token()
    {
        await using var arrivals = _transport.NewArrivals();
        await using var silo = await _transport.StartSiloAsync(arrivals, Ct, First);
        if (IsNotOffered())
        {
            Assert.False(silo.Services.GetRequiredKeyedService<IStreamProvider>(First).IsRewindable);
            return;
        }

        await Listener(silo, "early").ListenAsync(First, Orders(7), null);
        await PublishAsync(silo, First, Enumerable.Range(0, 20).Select(n => OrderEvent(7, n)));
        await arrivals.UntilAsync(() => arrivals.Count == 20, "all events", Ct);

        await Listener(silo, "late").ListenAsync(First, Orders(7), arrivals.All.First(arrival => arrival.Event.Data.SourceVersion == 5).Token);
        await PublishAsync(silo, First, [OrderEvent(7, 20)]);
        await arrivals.UntilAsync(() => Versions("late").Count == 16 && Versions("early").Count == 21, "all events at one, those from the token on at the other", Ct);

        Assert.Equal(Enumerable.Range(5, 16).Select(n => (long)n), Versions("late"));
        Assert.Equal(Enumerable.Range(0, 21).Select(n => (long)n), Versions("early"));

        List<long> Versions(string grain) => [.. arrivals.All.Where(arrival => arrival.Grain == grain).Select(arrival => arrival.Event.Data.SourceVersion)];
    }

    [Fact]
    public async Task A_failing_grain_does_not_block_its_neighbours()
    {
        await using var arrivals = _transport.NewArrivals();
        arrivals.Behaviour = e => e.Data.SourceKey == "poison" ? throw new InvalidDataException("no date") : true;
        await using var silo = await _transport.StartSiloAsync(arrivals, Ct, First);

        await PublishAsync(silo, First, [TestEvents.Of(TestEvents.Employee(0), "poison", 0)]);
        await PublishAsync(silo, First, Enumerable.Range(1, 200).Select(n => TestEvents.Of(TestEvents.Employee(n), "s", n)));
        await PublishAsync(silo, First, [TestEvents.Of(TestEvents.Employee(0), "after", 0)]);
        await arrivals.UntilAsync(() => arrivals.Count == 202, "the neighbours' events, and the next of the grain that failed", Ct);
    }

    [Fact]
    public async Task A_poison_event_is_parked()
    {
        await using var arrivals = _transport.NewArrivals();
        arrivals.Behaviour = e => e.Data.SourceKey == "poison" ? throw new InvalidDataException("no date") : true;
        await using var silo = await _transport.StartSiloAsync(arrivals, Ct, First);
        await PublishAsync(silo, First, [TestEvents.Of(TestEvents.Employee(0), "poison", 0), TestEvents.Of(TestEvents.Employee(0), "s", 0)]);
        await arrivals.UntilAsync(() => arrivals.Times("s#0") > 0, "the event after it", Ct);
        if (IsNotOffered())
        {
            Assert.Empty(await _transport.ParkedAsync(First, Ct));
            return;
        }

        await Eventually.TrueAsync(async () => await _transport.ParkedAsync(First, Ct) is ["poison#0"], "it is parked, once", Ct);
    }

    [Fact]
    public async Task A_restarted_silo_goes_on_where_the_last_one_stopped()
    {
        if (IsNotOffered()) return;
        await using var arrivals = _transport.NewArrivals();
        await using (var silo = await _transport.StartSiloAsync(arrivals, Ct, First))
        {
            await PublishAsync(silo, First, Enumerable.Range(0, 50).Select(n => TestEvents.Of(TestEvents.Employee(n), "before", n)));
            await arrivals.UntilAsync(() => arrivals.Count == 50, "the first silo's events", Ct);
            await _transport.UntilSettledAsync(First, Ct);
        }

        await _transport.PublishOutsideAsync(First, Enumerable.Range(0, 50).Select(n => TestEvents.Of(TestEvents.Employee(n), "after", n)), Ct);
        await using var next = await _transport.StartSiloAsync(arrivals, Ct, First);
        await arrivals.UntilAsync(() => arrivals.Count == 100, "the second silo's events", Ct);
        Assert.Equal(100, arrivals.All.Count);
    }

    [Fact]
    public async Task A_subscriber_of_batches_gets_what_waits_of_its_stream_at_once()
    {
        await using var arrivals = _transport.NewArrivals();
        await using var silo = await StartWithBatchesAsync(arrivals, 10);

        await PublishWhileTheFirstIsHandledAsync(silo, arrivals, Enumerable.Range(0, 25).Select(n => OrderEvent(7, n)));
        await arrivals.UntilAsync(() => arrivals.All.Count(arrival => arrival.Grain == "batches") == 25, "all events", Ct);

        Assert.Equal(Enumerable.Range(0, 25).Select(n => $"order#{n}"), arrivals.All.Where(arrival => arrival.Grain == "batches").Select(arrival => arrival.Event.Id));
        Assert.Equal([1, 10, 10, 4], arrivals.Batches);
    }

    [Fact]
    public async Task Of_a_batch_that_fails_only_the_poison_event_is_parked()
    {
        if (IsNotOffered()) return;
        await using var arrivals = _transport.NewArrivals();
        arrivals.Behaviour = e => e.Data.SourceKey == "poison" ? throw new InvalidDataException("no date") : true;
        await using var silo = await StartWithBatchesAsync(arrivals, 10);
        await Listener(silo, "single").ListenAsync(First, Orders(8), null);

        await PublishWhileTheFirstIsHandledAsync(silo, arrivals, Enumerable.Range(0, 25).SelectMany(n => n == 5
            ? [Poison(7), Poison(8)]
            : new[] { OrderEvent(7, n), OrderEvent(8, n) }), streams: 2);
        await arrivals.UntilAsync(() => Innocent("batches").Distinct().Count() == 24 && Innocent("single").Distinct().Count() == 24, "all of both, but the poison", Ct);

        long[] all = [.. Enumerable.Range(0, 25).Where(n => n != 5)];
        Assert.Equal(all, Innocent("batches")); // who takes a batch handles all of it or nothing
        Assert.Equal(all, Innocent("single").Distinct());
        Assert.Equal(2, Innocent("single").Count(version => version == 4)); // it was before the poison in the batch
        await Eventually.TrueAsync(async () => (await _transport.ParkedAsync(First, Ct)).Order() is var parked && parked.SequenceEqual([Poison(7).Id, Poison(8).Id]),
            "the poison events are parked, and no other", Ct);

        static ComplianceEvent Poison(int order) => TestEvents.Of(TestEvents.Employee(order), "poison", order) with { Namespace = StreamNamespaces.Orders };
        List<long> Innocent(string grain) => [.. arrivals.All.Where(arrival => arrival.Grain == grain && arrival.Event.Data.SourceKey != "poison").Select(arrival => arrival.Event.Data.SourceVersion)];
    }

    private async Task<TestSilo> StartWithBatchesAsync(Arrivals arrivals, int batch)
    {
        _transport.DeliveryBatch = batch;
        var silo = await _transport.StartSiloAsync(arrivals, Ct, First);
        await Listener(silo, "batches").ListenInBatchesAsync(First, Orders(7));
        return silo;
    }

    /// <summary>Each subscriber has its first in hand until all the others wait: a queue is read in order, and events behind them have arrived.</summary>
    /// <param name="events">Begin with one of each stream.</param>
    private static async Task PublishWhileTheFirstIsHandledAsync(TestSilo silo, Arrivals arrivals, IEnumerable<ComplianceEvent> events, int streams = 1)
    {
        const int OfEveryQueue = 64;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        arrivals.Gate = gate.Task;
        var all = events.ToList();
        await PublishAsync(silo, First, all.Take(streams));
        await arrivals.UntilAsync(() => arrivals.Batches.Count + arrivals.Count == streams, "the first event of each", Ct);

        await PublishAsync(silo, First, all.Skip(streams));
        await PublishAsync(silo, First, Enumerable.Range(0, OfEveryQueue).Select(n => TestEvents.Of(TestEvents.Employee(n), $"behind{n}", 0)));
        await arrivals.UntilAsync(() => arrivals.Events.Count(e => e.Data.SourceKey.StartsWith("behind", StringComparison.Ordinal)) >= OfEveryQueue, "what was published behind them", Ct);
        gate.SetResult();
    }

    private bool IsNotOffered([CallerMemberName] string test = "") => _transport.NotOffered.ContainsKey(test);

    private static StreamId Orders(int number) => StreamId.Create(StreamNamespaces.Orders, TestEvents.Employee(number));

    private static ComplianceEvent OrderEvent(int number, long version) => TestEvents.Of(TestEvents.Employee(number), "order", version) with { Namespace = StreamNamespaces.Orders };

    private static IListenerGrain Listener(TestSilo silo, string name) => silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IListenerGrain>(name);

    /// <summary>One after the other.</summary>
    private static async Task PublishAsync(TestSilo silo, string provider, IEnumerable<ComplianceEvent> events)
    {
        var streams = silo.Services.GetRequiredKeyedService<IStreamProvider>(provider);
        foreach (var e in events) await streams.GetStream<ComplianceEvent>(StreamId.Create(e.Namespace, e.Key)).OnNextAsync(e);
    }
}

public sealed class PostgresConformanceTests() : ConformanceTests(new PostgresTransportUnderTest());

public sealed class KafkaConformanceTests() : ConformanceTests(new KafkaTransportUnderTest());

public sealed class ApacheKafkaConformanceTests(SharedApacheKafka kafka) : ConformanceTests(new KafkaTransportUnderTest(kafka));

public sealed class MemoryConformanceTests() : ConformanceTests(new MemoryTransportUnderTest());
