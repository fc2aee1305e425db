using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Storm;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Chaos;

/// <summary>
/// The whole grid under load while one thing after the other goes wrong: <c>./grid chaos --seed N --minutes M</c>, and a minute of it in every test run.
/// </summary>
public sealed class ChaosTests(ChaosGrid grid, ITestOutputHelper output) : IClassFixture<ChaosGrid>
{
    private const int People = 240, Changed = 8;
    private const string Tenant = "chaos";

    private readonly StringBuilder _history = new();

    [Fact]
    public async Task Whatever_dies_nothing_acknowledged_is_lost()
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = Given("GRID_CHAOS_SEED", Environment.TickCount);
        var (lasts, perSecond) = (TimeSpan.FromSeconds(Given("GRID_CHAOS_SECONDS", 60)), Given("GRID_CHAOS_EVENTS", 500));
        Note($"seed {seed}");
        try
        {
            await RunAsync(seed, lasts, perSecond, ct);
        }
        catch
        {
            var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, ".grid", "logs", $"chaos-{seed}")).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "history.txt"), _history.ToString(), CancellationToken.None);
            foreach (var log in Directory.EnumerateFiles(Path.Combine(grid.State, "logs"), "*.log")) File.Copy(log, Path.Combine(folder, Path.GetFileName(log)), overwrite: true);
            output.WriteLine($"history and logs: {folder}");
            throw;
        }
    }

    private async Task RunAsync(int seed, TimeSpan lasts, int perSecond, CancellationToken ct)
    {
        using var api = await ApiClient.LogInAsync(grid, Tenant, ct, "TenantAdmin", "ComplianceManager", "Adjudicator");
        using var sandbox = new SandboxClient(grid.Sandbox);
        var connection = await grid.ConnectVendorAsync(Tenant);
        await api.PublishFirstPolicyAsync(Workforce.Policy, ct);
        var employees = await Workforce.HireAsync(api, People, ct);
        var reports = await Workforce.ReportsAsync(sandbox, employees, ct);
        var invitations = await sandbox.InvitationsAsync(ct);
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(await grid.SuperuserAsync("grid")) { Pooling = false }); // PostgreSQL will restart
        var rows = new GridRows(database, Tenant);
        await rows.UntilQuietAsync(ct);
        var before = await rows.TypesAsync(ct);

        var (account, key) = (grid.Configured("sandbox", "Checkr", "AccountId"), grid.Configured("sandbox", "Checkr", "ApiKey"));
        using var first = new Vendor(grid.Gateway, connection, account, key);
        using var second = new Vendor(grid.SecondGateway, connection, account, key);
        using var callers = new Callers([grid.Api, grid.SecondApi], await api.TokenAsync(ct));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var order = new QueueOrder(database, Tenant);
        var (webhooks, newcomers) = (new Webhooks([first, second], sandbox, seed, perSecond), new Newcomers(api, People));
        Change[] changes = [Change.OfPolicy(), .. employees.Values.Take(Changed).Select(Change.Of)];
        var begun = Stopwatch.GetTimestamp();
        var load = Task.WhenAll(
        [
            webhooks.RunAsync([.. employees.Keys.Select(email => (reports[email], invitations[email]))], stop.Token, ct),
            newcomers.RunAsync(stop.Token, ct),
            .. changes.Select((change, n) => callers.RunAsync(change, n, TimeSpan.FromMilliseconds(n == 0 ? 2_000 : 100), stop.Token, ct)),
        ]);
        try
        {
            await Eventually.TrueAsync(() => webhooks.Accepted.Count >= perSecond, "the load is under way", ct);
            await StrikeAsync(seed, begun, lasts, order, async () => (callers.Open + webhooks.Open, await rows.OpenAsync(ct)), ct);
        }
        finally
        {
            await stop.CancelAsync();
        }

        await load;
        var took = Stopwatch.GetElapsedTime(begun);
        Note($"{webhooks.Accepted.Count} webhooks accepted, {newcomers.Count} people hired; changes: {Answers(changes)}");
        await rows.UntilQuietAsync(ct);
        var types = await rows.TypesAsync(ct);
        Note(string.Create(CultureInfo.InvariantCulture, $"nothing is under way any more; {(types.Values.Sum() - before.Values.Sum()) / took.TotalSeconds:0} events/s of {perSecond}: {string.Join(", ", types.Select(type => $"{type.Value} {type.Key}"))}"));

        var ofReports = webhooks.Accepted.Count(webhook => webhook.Type.StartsWith("report.", StringComparison.Ordinal));
        await rows.AssertAppliedOnceAsync(ofReports, ct);
        Assert.Equal(People + newcomers.Count + webhooks.Accepted.Count - ofReports, types["orders.milestone"]); // each was invited, and what was told of invitations
        using (var policy = await api.ReadAsync(HttpMethod.Get, "/api/policies", null, ct)) await rows.UntilEvaluatedAsync(policy.RootElement.GetProperty("version").GetInt32(), ct);
        await Statuses.AssertAsync(api, sandbox, employees, reports, ct);
        await Statuses.AssertAsync(api, employees.Values, await rows.FactsAsync(ct), ct);
        await newcomers.AssertAsync(sandbox, ct);
        foreach (var change in changes) Assert.Null(await Callers.FaultOfAsync(change, api, ct));
        var (compared, wrong) = await order.CompareAsync(ct);
        Note(string.Create(CultureInfo.InvariantCulture, $"{compared} pairs of events that no fault touched"));
        Assert.Empty(wrong);
        Assert.True(compared > 0, "no two events of a grain were left alone");
        await rows.AssertNobodyElsesAsync(ct);
        await rows.AssertAuditedAsync(await grid.SuperuserAsync("grid_audit"), [.. webhooks.Accepted.Select(webhook => webhook.Id)], ct);
        Note((await grid.RunAsync("verify", "--tenant", Tenant)).Trim());
        Assert.All(changes, change => Assert.True(change.Acknowledged > 0));
        Assert.DoesNotContain(nameof(HttpStatusCode.InternalServerError), changes.SelectMany(change => change.Answers.Keys)); // away is 503: 500 is a fault of ours
    }

    /// <summary>A fault counts when something was under way that it could hit.</summary>
    private async Task StrikeAsync(int seed, long begun, TimeSpan lasts, QueueOrder order, Func<Task<(int Requests, (long Webhooks, long Events, long Messages) Open)>> measureAsync, CancellationToken ct)
    {
#pragma warning disable RS0030 // seeded: a failed run can be repeated
        var random = new Random(seed);
#pragma warning restore RS0030
        var faults = new Faults(grid, random, Note);
        try
        {
            while (Stopwatch.GetElapsedTime(begun) < lasts)
            {
                await StrikeAsync(await faults.NextAsync(), faults, order, measureAsync, ct);
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(500, 3_000)), ct);
            }
        }
        finally
        {
            await faults.AllBackAsync();
        }
    }

    private async Task StrikeAsync(Fault fault, Faults faults, QueueOrder order, Func<Task<(int Requests, (long Webhooks, long Events, long Messages) Open)>> measureAsync, CancellationToken ct)
    {
        var (requests, open) = await measureAsync();
        var from = TimeProvider.System.GetUtcNow();
        await fault.Begins();
        Note($"{fault}: {requests} requests, {open.Webhooks} webhooks, {open.Events} events, {open.Messages} messages in flight");
        Assert.True(requests + open.Webhooks + open.Events + open.Messages > 0, $"void: {fault} hit nothing");
        if (fault.Ends is not null)
        {
            try
            {
                await Task.Delay(fault.Holds, ct);
            }
            finally
            {
                await fault.Ends(); // nothing of it is left to who comes after
            }

            Note($"{fault}: over");
        }

        if (!fault.Returns) order.Touch(from, TimeProvider.System.GetUtcNow());
        else faults.BringBack(fault, () =>
        {
            order.Touch(from, TimeProvider.System.GetUtcNow());
            Note($"{fault.Strikes} is back");
        });
    }

    private void Note(string what)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():HH:mm:ss} {what}");
        lock (_history) _history.AppendLine(line);
        output.WriteLine(line);
    }

    private static string Answers(IEnumerable<Change> changes) =>
        string.Join(", ", changes.SelectMany(change => change.Answers).GroupBy(answer => answer.Key).Select(answers => $"{answers.Sum(answer => answer.Value)} {answers.Key}"));

    private static int Given(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
