using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Streams.Tests.Core.Monitoring;

/// <summary>Over Kafka, by a provider whose name no other test has: the meter is the whole process's.</summary>
public sealed class StreamMetricsTests
{
    private const string Provider = "metered";
    private const int Events = 350, CacheSize = 256;

    private static readonly string Key = TestEvents.Employee(1), Poisoned = Enumerable.Range(2, 100).Select(TestEvents.Employee).First(key => EventQueues.Of(key) == EventQueues.Of(Key));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_waits_in_a_queue_and_what_became_of_its_events_is_measured_by_queue()
    {
        await using var database = await GridDatabase.CreateAsync(Ct);
        var broker = await TestBroker.SharedAsync();
        var topic = await broker.NewTopicAsync();
        var queue = EventQueues.Of(Key);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var meter = new Reading();
        await using var arrivals = new Arrivals(database.Grid(GridRole.Silo))
        {
            Gate = gate.Task,
            Behaviour = e => e.Key != Poisoned ? true : throw new InvalidDataException("a result without a date"),
        };
        await using var silo = await TestSilo.StartAsync(builder => builder.AddMemoryGrainStorage("PubSubStore").AddKafkaStreams(Provider, options =>
        {
            options.ConnectionString = database.Grid(GridRole.Silo);
            broker.Configure(options);
            (options.Topic, options.Group) = (topic, topic);
            (options.CacheSize, options.ReadBatch, options.MonitorPeriod) = (CacheSize, 64, TimeSpan.FromMilliseconds(50));
            options.MaxEventDeliveryTime = TimeSpan.FromMilliseconds(400);
        }), arrivals, Ct);

        await Topics.ProduceAsync(broker, topic, queue, [CloudEventJson.Write(TestEvents.Of(Poisoned, "poison", 0)), .. Enumerable.Range(0, Events).Select(n => CloudEventJson.Write(TestEvents.Of(Key, "s", n)))]);
        await Eventually.TrueAsync(() => meter.Of("grid.stream.cache.pressure", queue) == 1, "the cache is full while a grain takes its time", Ct);
        Assert.InRange(meter.Of("grid.stream.cache.events", queue), 1, 2 * CacheSize);
        await Eventually.TrueAsync(() => meter.Of("grid.stream.lag", queue) >= Events, "all are waited for, those on the partition too", Ct);

        gate.SetResult();
        await arrivals.UntilAsync(() => arrivals.Count == Events + 1, "all events", Ct);
        await Eventually.TrueAsync(() => meter.Of("grid.stream.lag", queue) == 0 && meter.Of("grid.stream.parked", queue) == 1, "nothing waits, one is parked", Ct);
        Assert.Equal((0, 0), (meter.Of("grid.stream.cache.events", queue), meter.Of("grid.stream.cache.pressure", queue)));
        Assert.Equal(Events, meter.Of("grid.stream.deliveries", queue));
        Assert.Equal(arrivals.Times("poison#0") - 1, meter.Of("grid.stream.retries", queue));
        Assert.Equal(0, meter.Of("grid.stream.lag", (queue + 1) % EventQueues.Count));
    }

    /// <summary>Sums of counters and last values of gauges.</summary>
    private sealed class Reading : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<(string, int), long> _values = new();

        public Reading()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "ComplianceGrid.Streams") listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            {
                var (provider, queue) = (tags[0].Value, (int)tags[1].Value!);
                if (!Provider.Equals(provider)) return;
                _values.AddOrUpdate((instrument.Name, queue), value, (_, before) => instrument.IsObservable ? value : before + value);
            });
            _listener.Start();
        }

        public long Of(string instrument, int queue)
        {
            _listener.RecordObservableInstruments();
            return _values.GetValueOrDefault((instrument, queue));
        }

        public void Dispose() => _listener.Dispose();
    }
}
