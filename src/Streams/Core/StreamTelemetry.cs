using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ComplianceGrid.Streams.Core;

internal static class StreamTelemetry
{
    public const string Name = "ComplianceGrid.Streams";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Deliveries = Meter.CreateCounter<long>("grid.stream.deliveries", description: "Events handled by their grain");
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("grid.stream.retries", description: "Deliveries tried again");
    private static readonly Counter<long> Republished = Meter.CreateCounter<long>("grid.stream.republished", description: "Events published again");
    private static readonly Counter<long> Parked = Meter.CreateCounter<long>("grid.stream.parked", description: "Events given up, kept for replay");

    /// <summary>Gauges over the queues that this process reads; live for as long as the process.</summary>
    public static void Observe(LiveQueues queues)
    {
        Meter.CreateObservableGauge("grid.stream.lag", () => Measure(queues, queue => queue.Lag),
            description: "Events of a queue not delivered yet");
        Meter.CreateObservableGauge("grid.stream.cache.events", () => Measure(queues, queue => queue.Cache.Count),
            description: "Events of a queue held undelivered");
        Meter.CreateObservableGauge("grid.stream.cache.pressure", () => Measure(queues, queue => queue.Cache.IsUnderPressure() ? 1 : 0),
            description: "1 while a queue's cache is too full to read on");
    }

    public static void CountDelivery(string provider, int queue, int events) => Deliveries.Add(events, Tags(provider, queue));

    public static void CountRetry(string provider, int queue) => Retries.Add(1, Tags(provider, queue));

    public static void CountSettled(string provider, int queue, FailureOutcome outcome)
    {
        if (outcome == FailureOutcome.Republished) Republished.Add(1, Tags(provider, queue));
        if (outcome == FailureOutcome.Parked) Parked.Add(1, Tags(provider, queue));
    }

    public static Activity? StartDelivery(StreamedEvent e)
    {
        ActivityContext.TryParse(e.Event.TraceParent, null, isRemote: true, out var cause);
        var activity = Source.StartActivity($"deliver {e.Event.Type}", ActivityKind.Consumer, cause);
        activity?.SetTag("messaging.system", "grid");
        activity?.SetTag("messaging.destination.name", e.Event.Namespace);
        activity?.SetTag("messaging.message.id", e.Event.Id);
        activity?.SetTag("grid.attempt", e.Attempt);
        return activity;
    }

    private static IEnumerable<Measurement<long>> Measure(LiveQueues queues, Func<LiveQueue, long> value) =>
        queues.All.Select(queue => new Measurement<long>(value(queue), Tags(queue.Provider, queue.Number)));

    private static KeyValuePair<string, object?>[] Tags(string provider, int queue) => [new("provider", provider), new("queue", queue)];
}
