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
}
