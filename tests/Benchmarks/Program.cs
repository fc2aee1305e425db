using ComplianceGrid.Benchmarks;
using ComplianceGrid.Benchmarks.Activations;
using ComplianceGrid.Benchmarks.Events;
using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Benchmarks.Identity;
using ComplianceGrid.Benchmarks.Ledger;
using ComplianceGrid.Benchmarks.Reads;
using ComplianceGrid.Benchmarks.Streaming;
using ComplianceGrid.Benchmarks.Visibility;
using ComplianceGrid.Benchmarks.Webhooks;

if (args is [GatewayChild.Verb, ..]) return await GatewayChild.RunAsync(durable: !args.Contains(GatewayChild.NoCommit));
if (args is [StreamSilo.Verb]) return await StreamSilo.RunAsync();

(string Name, Func<GridUnderTest, Report, CancellationToken, Task> Run)[] all =
[
    ("reads", ReadsBenchmark.RunAsync),
    ("visible", VisibleBenchmark.RunAsync),
    ("events", EventsBenchmark.RunAsync),
    ("webhooks", WebhookBenchmark.RunAsync),
    ("ledger", LedgerBenchmark.RunAsync),
    ("identity", IdentityBenchmark.RunAsync),
    ("streams", StreamsBenchmark.RunAsync),
    ("grains", GrainsBenchmark.RunAsync),
];
var unknown = args.Except(all.Select(b => b.Name)).ToList();
if (unknown.Count > 0)
{
    await Console.Error.WriteLineAsync($"There is no benchmark '{unknown[0]}'. There are: {string.Join(", ", all.Select(b => b.Name))}.");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) => (e.Cancel, _) = (true, stop.CancelAsync());
var report = new Report();
await using (var grid = new GridUnderTest())
{
    await grid.UpAsync();
    foreach (var (name, run) in all)
        if (args.Length == 0 || args.Contains(name)) await run(grid, report, stop.Token);
}

return report.PrintSummary();
