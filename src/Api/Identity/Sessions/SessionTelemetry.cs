using System.Diagnostics.Metrics;

namespace ComplianceGrid.Api.Identity.Sessions;

internal static class SessionTelemetry
{
    private static readonly Meter Meter = new("ComplianceGrid.Api");

    public static readonly Counter<long> Asked = Meter.CreateCounter<long>("grid.sessions.asked", "{session}", "Sessions asked for because the feed of ends was too old");
    public static readonly Counter<long> Broken = Meter.CreateCounter<long>("grid.sessions.feed_broken", description: "Reads of the feed of ends that found it with a gap, or put back");
    public static readonly Counter<long> Unreported = Meter.CreateCounter<long>("grid.sessions.unreported", description: "Activities not reported, because too many sessions waited");
}
