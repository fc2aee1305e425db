using System.Text.Json;
using ComplianceGrid.Cluster.Processes;

namespace ComplianceGrid.Cluster.Storm;

/// <summary>One trace leads from a webhook to the status, through inbox, event log and stream, across processes.</summary>
internal static class TraceAssert
{
    public static void LeadsFromWebhookToStatus(GridProcesses grid)
    {
        var webhooks = Spans(grid, "gateway*").Where(span => span.Name.StartsWith("POST /webhooks/checkr", StringComparison.Ordinal)).Select(span => span.Trace).ToHashSet();
        var applied = Spans(grid, "silo-*").Where(span => webhooks.Contains(span.Trace)).ToLookup(span => span.Trace, span => span.Name);
        Assert.NotEmpty(webhooks);
        Assert.Contains(applied, trace => trace.Contains("apply background.report") && trace.Contains("apply orders.fact"));
    }

    private static IEnumerable<(string Trace, string Name)> Spans(GridProcesses grid, string files) =>
        from file in Directory.EnumerateFiles(Path.Combine(grid.State, "traces"), files)
        from line in File.ReadLines(file)
        where line.EndsWith('}') // a killed process may have left half a line
        let span = JsonDocument.Parse(line).RootElement
        select (span.GetProperty("traceId").GetString()!, span.GetProperty("name").GetString()!);
}
