using ComplianceGrid.Cluster.Clients;

namespace ComplianceGrid.Cluster.Auditing;

/// <summary>What a host's <c>/metrics</c> tell of its spool.</summary>
internal static class SpoolMetrics
{
    /// <summary>Entries that wait in it.</summary>
    public static Task<long> EntriesAsync(HttpClient http, Uri host, CancellationToken ct) => HostMetrics.SumAsync(http, host, "grid_audit_spool_entries", ct);
}
