using System.Diagnostics.Metrics;

namespace ComplianceGrid.ServiceDefaults.Auditing.Spooling;

internal static class SpoolTelemetry
{
    public static readonly Meter Meter = new("ComplianceGrid.Audit");

    public static readonly Counter<long> Spooled = Meter.CreateCounter<long>("grid.audit.spool.spooled", description: "Audit entries that went to the spool");
    public static readonly Counter<long> Drained = Meter.CreateCounter<long>("grid.audit.spool.drained", description: "Audit entries that left the spool for their store");
    public static readonly Counter<long> RefusedFiles = Meter.CreateCounter<long>("grid.audit.spool.refused_files", description: "Spool files that were altered, moved or sealed with another key");
    public static readonly Counter<long> NoRoom = Meter.CreateCounter<long>("grid.audit.no_room", description: "Requests that met a full spool, by what was done (closed, open)");
    public static readonly Counter<long> Lost = Meter.CreateCounter<long>("grid.audit.lost", description: "Entries that tenants who fail open lost to a full spool");
    public static readonly Histogram<double> Wait = Meter.CreateHistogram<double>("grid.audit.wait", "ms", "What auditing adds to an answer");
}
