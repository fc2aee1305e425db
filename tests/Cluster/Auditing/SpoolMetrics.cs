using System.Globalization;

namespace ComplianceGrid.Cluster.Auditing;

/// <summary>What a host's <c>/metrics</c> tell of its spool.</summary>
internal static class SpoolMetrics
{
    /// <summary>Entries that wait in it.</summary>
    public static async Task<long> EntriesAsync(HttpClient http, Uri host, CancellationToken ct)
    {
        var metrics = await http.GetStringAsync(new Uri(host, "/metrics"), ct);
        return (long)metrics.Split('\n').Where(line => line.StartsWith("grid_audit_spool_entries", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }
}
