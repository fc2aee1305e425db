using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ComplianceGrid.Silo.Ledger.Delivery;

/// <summary>What targets lack, in figures.</summary>
internal sealed class UndeliveredGauges
{
    private readonly ConcurrentBag<CheckpointDelivery> _deliveries = [];
    private readonly TimeProvider _time;

    public UndeliveredGauges(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(DeliveryTelemetry.MeterName);
        meter.CreateObservableGauge("grid.checkpoints.undelivered", () => Each(undelivered => undelivered.Count), "{checkpoint}", "What a target does not have");
        meter.CreateObservableGauge("grid.checkpoints.undelivered_age", () => Each(AgeOf), "s", "Age of the oldest of them");
    }

    public void Add(CheckpointDelivery delivery) => _deliveries.Add(delivery);

    private double AgeOf(Undelivered undelivered) => undelivered.OldestAt is { } at ? (_time.GetUtcNow() - at).TotalSeconds : 0;

    private IEnumerable<Measurement<T>> Each<T>(Func<Undelivered, T> value) where T : struct =>
        _deliveries.Select(delivery => new Measurement<T>(value(delivery.Undelivered), new KeyValuePair<string, object?>("target", delivery.Target)));
}
