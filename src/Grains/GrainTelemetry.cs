using System.Diagnostics;
using ComplianceGrid.Events;

namespace ComplianceGrid;

internal static class GrainTelemetry
{
    private static readonly ActivitySource Source = new("ComplianceGrid.Grains");

    /// <summary>A span of the trace that the event began in.</summary>
    public static Activity? Applying(ComplianceEvent e)
    {
        var activity = e.TraceParent is null
            ? Source.StartActivity($"apply {e.Type}")
            : Source.StartActivity($"apply {e.Type}", ActivityKind.Consumer, e.TraceParent);
        return activity?.SetTag("event.id", e.Id).SetTag("grain.key", e.Key);
    }
}
