using System.Diagnostics.Metrics;

namespace ComplianceGrid.Api.Limits;

internal static class RateTelemetry
{
    private static readonly Meter Meter = new("ComplianceGrid.Api.Limits");

    /// <summary>By <c>limit</c>: user, client, tenant, address.</summary>
    public static readonly Counter<long> Refused = Meter.CreateCounter<long>("grid.rate_limits.refused", description: "Requests answered 429.");
    public static readonly Counter<long> Unanswered = Meter.CreateCounter<long>("grid.rate_limits.unanswered", description: "Leases that the grid did not answer for; the process counts by itself meanwhile.");
}
