using System.Diagnostics.Metrics;

namespace ComplianceGrid.Silo.Ledger.Delivery;

internal static class DeliveryTelemetry
{
    public const string MeterName = "ComplianceGrid.Silo";

    private static readonly Meter Meter = new(MeterName);

    public static readonly Counter<long> Delivered =
        Meter.CreateCounter<long>("grid.checkpoints.delivered", "{checkpoint}", "Checkpoints that a target confirmed");
    public static readonly Counter<long> Refused =
        Meter.CreateCounter<long>("grid.checkpoints.refused", "{checkpoint}", "Checkpoints that a target does not take: an alarm");
    public static readonly Counter<long> ArchiveAlarms =
        Meter.CreateCounter<long>("grid.checkpoints.archive_alarms", "{reading}", "Readings of an archive that was away, damaged or had lost what it confirmed");

    public static KeyValuePair<string, object?> Of(ICheckpointTarget target) => new("target", target.Name);

    /// <summary>What one target lacks.</summary>
    public static void Observe(IMeterFactory meters, CheckpointDelivery delivery, TimeProvider time)
    {
        var meter = meters.Create(MeterName, version: null, [new("target", delivery.Target)]);
        meter.CreateObservableGauge("grid.checkpoints.undelivered", () => Of(delivery, delivery.Undelivered.Count), "{checkpoint}", "Checkpoints that a target does not have");
        meter.CreateObservableGauge("grid.checkpoints.undelivered_age", () => Of(delivery, AgeOf(delivery.Undelivered, time)), "s", "Age of the oldest of them");
    }

    private static double AgeOf(Undelivered undelivered, TimeProvider time) => undelivered.OldestAt is { } at ? (time.GetUtcNow() - at).TotalSeconds : 0;

    private static Measurement<T> Of<T>(CheckpointDelivery delivery, T value) where T : struct =>
        new(value, new KeyValuePair<string, object?>("target", delivery.Target));
}
