using System.Text;
using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Benchmarks.Load;
using ComplianceGrid.Benchmarks.Webhooks;

namespace ComplianceGrid.Benchmarks.Visibility;

/// <summary>
/// From a webhook to the status that the Api shows: gateway, inbox, vendor's API, event log, order grain, event log, employee grain,
/// projection. The time ends with the answer of <c>GET /api/employees/{id}</c>, which is asked once the projection (read as grid_api)
/// shows the person green: to ask the Api over and over would load the system with the asking.
/// </summary>
internal static class VisibleBenchmark
{
    private const string Tenant = "bench";
    // Hosts just started compile while they run, and at full rate a backlog of that would be measured: half the rate first.
    private const int PerSecond = 200, SlowSeconds = 45, WarmUpSeconds = 4, Seconds = 10;
    private const int Slow = PerSecond / 2 * SlowSeconds, People = Slow + (PerSecond * (WarmUpSeconds + Seconds));
    private static readonly ReadOnlyMemory<byte> Satisfied = "\"status\":\"green\""u8.ToArray();

    public static async Task RunAsync(GridUnderTest grid, Report report, CancellationToken ct)
    {
        var connection = await grid.ConnectVendorAsync(Tenant);
        await using var caller = await GridCaller.ConnectAsync(grid, Tenant, ct);
        await caller.PublishPolicyAsync(new() { Vendor = "checkr", Product = "driver_pro" });
        var people = await caller.HireAsync(People, ct);
        using var desk = new VendorDesk(grid);
        var reports = await desk.CompleteAllAsync(People, ct);

        var key = Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(grid.VendorKeyFile, ct)).Trim());
        var signer = new VendorSigner(connection, key, grid.Gateway);
        var token = await grid.TokenAsync(Tenant, "bench", ct);
        using var gateway = new HttpPool(grid.Gateway);
        using var api = new HttpPool(grid.Api);
        await using var watch = new ProjectionWatch(grid.Connection("api", "Grid"), Tenant);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = watch.RunAsync(done.Token);
        Latencies taken = new(), turned = new(), shown = new();
        await LoadGenerator.PacedAsync(PerSecond / 2, TimeSpan.Zero, TimeSpan.FromSeconds(SlowSeconds), TurnGreenAsync);
        var latencies = await LoadGenerator.PacedAsync(
            PerSecond, TimeSpan.FromSeconds(WarmUpSeconds), TimeSpan.FromSeconds(Seconds), i => TurnGreenAsync(Slow + i));
        await done.CancelAsync();
        await watching;
        report.P99("webhook to status visible by API, 200/s", latencies, 250);
        report.Add("  of it until its 200", taken);
        report.Add("  until the projection is green", turned);
        report.Add("  until GET /api/employees/{id} is answered", shown);

        async Task<bool> TurnGreenAsync(int i)
        {
            var employee = people[i].Employee;
            var green = watch.GreenAsync(employee);
            var webhook = signer.Request($"evt_visible_{i}", "report.completed", reports[$"b{i}@bench.example"]);
            var start = TimeProvider.System.GetTimestamp();
            if ((await gateway.SendAsync(webhook, ct)).Status != 200) return false;
            Lap(taken);
            await green.WaitAsync(TimeSpan.FromSeconds(30), ct);
            Lap(turned);
            var answer = await api.SendAsync(HttpConnection.Get(grid.Api, $"/api/employees/{employee:D}", token), ct, Satisfied);
            Lap(shown);
            return answer is (200, true);

            void Lap(Latencies part)
            {
                if (i >= Slow + (PerSecond * WarmUpSeconds)) part.Add(TimeProvider.System.GetElapsedTime(start), good: true);
                start = TimeProvider.System.GetTimestamp();
            }
        }
    }
}
