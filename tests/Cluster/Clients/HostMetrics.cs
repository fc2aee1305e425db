using System.Globalization;

namespace ComplianceGrid.Cluster.Clients;

/// <summary>What a host tells at <c>/metrics</c>.</summary>
internal static class HostMetrics
{
    /// <summary>The sum over all labels of the figures whose name begins so; 0 when there is none yet.</summary>
    public static async Task<long> SumAsync(HttpClient http, Uri host, string name, CancellationToken ct)
    {
        var metrics = await http.GetStringAsync(new Uri(host, "/metrics"), ct);
        return (long)metrics.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal)).Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }
}
