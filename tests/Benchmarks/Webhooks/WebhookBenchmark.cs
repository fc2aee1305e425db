using System.Text;
using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Benchmarks.Load;

namespace ComplianceGrid.Benchmarks.Webhooks;

/// <summary>Webhooks acknowledged a second, durably, against the same pipeline with no commit.</summary>
internal static class WebhookBenchmark
{
    private const int Connections = 256;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6), Measured = TimeSpan.FromSeconds(10);
    private static long _events;

    public static async Task RunAsync(GridUnderTest grid, Report report, CancellationToken ct)
    {
        var key = Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(grid.VendorKeyFile, ct)).Trim());
        var signer = new VendorSigner(await grid.ConnectVendorAsync("bench"), key, grid.OwnGateway);
        double limit, durable;
        await using (await GatewayChild.StartAsync(grid, durable: false, ct)) limit = await ClosedAsync(grid, signer, ct);
        await using (await GatewayChild.StartAsync(grid, durable: true, ct))
        {
            durable = await ClosedAsync(grid, signer, ct);
            report.Ratio("webhooks acknowledged durably, 256 connections, of no commit", durable, limit, 0.35);
            using var pool = new HttpPool(grid.OwnGateway);
            var latencies = await LoadGenerator.PacedAsync(durable / 2, TimeSpan.FromSeconds(3), Measured,
                async _ => (await pool.SendAsync(Next(signer), ct)).Status == 200);
            report.P99($"webhook acknowledged durably at {durable / 2:N0}/s", latencies, 50);
        }
    }

    private static async Task<double> ClosedAsync(GridUnderTest grid, VendorSigner signer, CancellationToken ct)
    {
        HttpConnection[] connections = [.. Enumerable.Range(0, Connections).Select(_ => new HttpConnection(grid.OwnGateway))];
        try
        {
            return await LoadGenerator.ClosedAsync(Connections, WarmUp, Measured,
                async caller => await connections[caller].SendAsync(Next(signer), ct) == 200);
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
    }

    /// <summary>Of a kind that needs no vendor's answer: what is measured is the taking in, with its audit entry on the way to the log.</summary>
    private static byte[] Next(VendorSigner signer) => signer.Request($"evt_{Interlocked.Increment(ref _events)}", "candidate.created", "cand_1");
}
