using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Cluster.Storm;

/// <summary>10,000 webhooks for 500 people while in turn the busiest silo is killed, the gateway is killed and PostgreSQL is restarted.</summary>
public sealed class StormTests(GridProcesses grid, ITestOutputHelper output)
{
    private const int People = 500, WebhooksEach = 18, Lanes = 16, Window = 40;
    private const string Tenant = "storm";

    [Fact]
    public async Task Every_accepted_webhook_is_applied_once_whatever_dies()
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var api = await ApiClient.LogInAsync(grid, Tenant, ct, "TenantAdmin", "ComplianceManager", "Adjudicator");
        using var sandbox = new SandboxClient(grid.Sandbox);
        var connection = await grid.ConnectVendorAsync(Tenant);
        await api.PublishFirstPolicyAsync(Workforce.Policy, ct);
        var employees = await Workforce.HireAsync(api, People, ct);
        var reports = await Workforce.ReportsAsync(sandbox, employees, ct);

        using var vendor = new Vendor(grid.Gateway, connection, grid.Configured("sandbox", "Checkr", "AccountId"), grid.Configured("sandbox", "Checkr", "ApiKey"));
        var storm = new Storm(vendor, sandbox, seed);
        var weather = storm.RunAsync([.. reports.Values], ct);
        await storm.UntilAsync(0.2, ct);
        await grid.KillAsync(await BusiestSiloAsync(ct));
        await grid.UpAsync();
        await storm.UntilAsync(0.45, ct);
        await grid.KillAsync("gateway");
        await grid.UpAsync();
        await storm.UntilAsync(0.7, ct);
        await grid.RestartPostgresAsync();
        await weather;
        output.WriteLine($"{storm.Accepted.Count} accepted, {storm.Duplicates} duplicates, {storm.BadlySigned} badly signed");

        await using var database = NpgsqlDataSource.Create(await grid.SuperuserAsync("grid"));
        var rows = new GridRows(database, Tenant);
        await rows.UntilQuietAsync(ct);
        Assert.Equal(People * WebhooksEach, storm.Accepted.Count);
        Assert.All(storm.RefusedWith, status => Assert.Equal(HttpStatusCode.Unauthorized, status));
        await rows.AssertAppliedOnceAsync(People * WebhooksEach, ct);
        await Statuses.AssertAsync(api, sandbox, employees, reports, ct);
        await rows.AssertAuditedAsync(await grid.SuperuserAsync("grid_audit"), storm.Accepted, ct);
        TraceAssert.LeadsFromWebhookToStatus(grid);
    }

    private async Task<string> BusiestSiloAsync(CancellationToken ct)
    {
        using var http = new HttpClient();
        var activations = new Dictionary<string, double>();
        foreach (var number in new[] { 1, 2 })
        {
            var metrics = await http.GetStringAsync(new Uri(grid.Silo(number), "/metrics"), ct);
            activations[$"silo-{number}"] = metrics.Split('\n').Where(line => line.StartsWith("orleans_catalog_activations", StringComparison.Ordinal))
                .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
        }

        output.WriteLine(string.Join(", ", activations.Select(silo => $"{silo.Key}: {silo.Value} activations")));
        Assert.Contains(activations.Values, count => count > 0);
        return activations.MaxBy(silo => silo.Value).Key;
    }

    /// <summary>The load: each lane changes its reports and sends their webhooks late, out of order, some twice, some badly signed as well.</summary>
    private sealed class Storm(Vendor vendor, SandboxClient sandbox, int seed)
    {
        private int _done, _total, _duplicates, _number;

        public ConcurrentBag<string> AcceptedEvents { get; } = [];
        public IReadOnlyCollection<string> Accepted => AcceptedEvents;
        public ConcurrentBag<HttpStatusCode> RefusedWith { get; } = [];
        public int Duplicates => _duplicates;
        public int BadlySigned => RefusedWith.Count;

        public Task RunAsync(IReadOnlyList<string> reports, CancellationToken ct)
        {
            _total = reports.Count * WebhooksEach;
            return Task.WhenAll(reports.Chunk((reports.Count + Lanes - 1) / Lanes).Select((mine, lane) => Task.Run(() => RunLaneAsync(mine, lane, ct), ct)));
        }

        public Task UntilAsync(double share, CancellationToken ct) =>
            Eventually.TrueAsync(() => Volatile.Read(ref _done) >= share * _total, $"{share:P0} of the storm", ct);

        private async Task RunLaneAsync(string[] reports, int lane, CancellationToken ct)
        {
#pragma warning disable RS0030 // seeded: a failed run can be repeated
            var random = new Random(HashCode.Combine(seed, lane));
#pragma warning restore RS0030
            var late = new PriorityQueue<string, int>();
            var steps = reports.Length * WebhooksEach;
            for (var step = 0; step < steps || late.Count > 0; step++)
            {
                if (step < steps)
                {
                    var report = reports[step % reports.Length];
                    var state = Model.States[random.Next(Model.States.Length)];
                    await sandbox.ChangeReportAsync(report, state, ct);
                    late.Enqueue(vendor.Webhook($"evt_{seed:x8}_{lane}_{step}", state.Status == "complete" ? "report.completed" : "report.updated", report), step + random.Next(Window));
                }

                while (late.TryPeek(out var body, out var due) && (due <= step || step >= steps))
                {
                    late.Dequeue();
                    await SendAsync(body, random, ct);
                }
            }
        }

        private async Task SendAsync(string body, Random random, CancellationToken ct)
        {
            var number = Interlocked.Increment(ref _number);
            if (random.Next(50) == 0) RefusedWith.Add(await vendor.DeliverBadlySignedAsync(body, number, ct));
            await vendor.DeliverAsync(body, number, ct);
            AcceptedEvents.Add(System.Text.Json.JsonDocument.Parse(body).RootElement.GetProperty("id").GetString()!);
            if (random.Next(10) == 0)
            {
                await vendor.DeliverAsync(body, number, ct);
                Interlocked.Increment(ref _duplicates);
            }

            Interlocked.Increment(ref _done);
        }
    }
}
