using System.Collections.Concurrent;
using System.Diagnostics;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Storm;

namespace ComplianceGrid.Chaos;

/// <summary>
/// Webhooks at a steady rate to both gateways, each sent again until it is accepted, some twice. One makes two events: the vendor's, for the order, and the
/// order's, for the person.
/// </summary>
internal sealed class Webhooks(Vendor[] gateways, SandboxClient sandbox, int seed, double perSecond)
{
    private const int Lanes = 24;

    private int _open, _number;

    public ConcurrentBag<string> Accepted { get; } = [];

    /// <summary>Sent and not accepted yet.</summary>
    public int Open => Volatile.Read(ref _open);

    public Task RunAsync(IReadOnlyList<string> reports, CancellationToken stop, CancellationToken ct) =>
        Task.WhenAll(reports.Chunk((reports.Count + Lanes - 1) / Lanes).Select((mine, lane) => Task.Run(() => RunLaneAsync(mine, lane, stop, ct), ct)));

    // What is due while an earlier one is being sent again goes out after it: the rate is made up for.
    private async Task RunLaneAsync(string[] reports, int lane, CancellationToken stop, CancellationToken ct)
    {
#pragma warning disable RS0030 // seeded: a failed run can be repeated
        var random = new Random(HashCode.Combine(seed, lane));
#pragma warning restore RS0030
        var (every, begun) = (TimeSpan.FromSeconds(Lanes / perSecond), Stopwatch.GetTimestamp());
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var early = (n * every) - Stopwatch.GetElapsedTime(begun);
            if (early > TimeSpan.Zero) await Task.Delay(early, ct);
            var (report, state) = (reports[n % reports.Length], Model.States[random.Next(Model.States.Length)]);
            await sandbox.ChangeReportAsync(report, state, ct);
            await SendAsync($"evt_{seed:x8}_{lane}_{n}", state.Status == "complete" ? "report.completed" : "report.updated", report, random, ct);
        }
    }

    private async Task SendAsync(string id, string type, string report, Random random, CancellationToken ct)
    {
        var number = Interlocked.Increment(ref _number);
        var vendor = gateways[number % gateways.Length];
        var body = vendor.Webhook(id, type, report);
        Interlocked.Increment(ref _open);
        await vendor.DeliverAsync(body, number, ct);
        Accepted.Add(id);
        if (random.Next(10) == 0) await vendor.DeliverAsync(body, number, ct);
        Interlocked.Decrement(ref _open);
    }
}
