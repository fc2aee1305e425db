using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ComplianceGrid.Gateway;

internal static class GatewayTelemetry
{
    public static readonly ActivitySource Activities = new("ComplianceGrid.Gateway");
    private static readonly Meter Meter = new("ComplianceGrid.Gateway");

    public static readonly Counter<long> Webhooks = Meter.CreateCounter<long>("grid.webhooks", description: "Webhooks by vendor and answer");
    public static readonly Histogram<int> CommitBatch = Meter.CreateHistogram<int>("grid.webhooks.commit_batch", description: "Webhooks in one commit");
    public static readonly Counter<long> Worked = Meter.CreateCounter<long>("grid.inbox.worked", description: "Inbox rows by how work on them ended");
    public static readonly Histogram<double> Lag =
        Meter.CreateHistogram<double>("grid.inbox.lag", "s", "From a webhook's receipt to its event in the log");
}
