using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Cluster.Auditing.Outage;

/// <summary>
/// While 2,000 entries a second are being written, the audit database is stopped for 60 seconds, the Api is killed as it spools, and the
/// database is killed again as the spool drains: every request that got its response has its entries once, in logs that verify.
/// </summary>
public sealed class OutageTests(GridProcesses grid, ITestOutputHelper output)
{
    private const string Tenant = "outage", Agent = "outage-client/1.0", Anonymous = "anonymous";
    private const int People = 100, BatchLanes = 8, PerSecond = 2_000, Seconds = 60;
    private const double Pace = 1.2 * PerSecond; // makes up for the time in which the Api is away

    [Fact]
    public async Task Every_answered_request_has_its_entries_once()
    {
        var ct = TestContext.Current.CancellationToken;
        var load = new Load(grid.Api, Agent);
        using var manager = await ApiClient.LogInAsync(grid, Tenant, ct, "TenantAdmin", "ComplianceManager");
        using var supervisor = await ApiClient.LogInAsync(grid, Tenant, ct, "Supervisor");
        load.Start(await LanesAsync(manager, supervisor, ct), ct);
        await AnsweredAsync(load, 5 * PerSecond, ct); // warm

        Note("the load is under way");
        var (from, entriesBefore) = (TimeProvider.System.GetTimestamp(), load.Entries);
        await grid.RunAsync("postgres", "audit", "stop");
        await SpooledAsync(entries => entries > 3 * PerSecond, "the Api spools", ct);
        Note("the Api spools, and is killed");
        await grid.KillAsync("api");
        await grid.StartAsync("api");
        await AnsweredAsync(load, (Seconds * PerSecond) - (load.Entries - entriesBefore), ct);
        await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(from) > TimeSpan.FromSeconds(Seconds), "the outage's time is over", ct);
        var outage = (From: from, Until: TimeProvider.System.GetTimestamp(), Entries: load.Entries - entriesBefore);

        await grid.RunAsync("postgres", "audit");
        Note("the audit database is back");
        var most = await SpooledAsync(_ => true, "", ct);
        await SpooledAsync(entries => entries < most * 3 / 4, "the spool drains", ct);
        Note("the spool drains, and the database is killed");
        await grid.RunAsync("postgres", "audit", "kill");
        await grid.RunAsync("postgres", "audit");
        await AnsweredAsync(load, 3 * PerSecond, ct);
        await load.StopAsync();
        Note("the load has ended");
        await UntilQuietAsync(ct);
        Note("all is stored");
        await grid.StopAsync("api"); // writes the tallies of the running minute
        await grid.StartAsync("api");
        await UntilQuietAsync(ct);
        Report(load, outage, most);
        AssertAnswers(load, outage);
        AssertOnce(load, await StoredLogs.VerifyAsync(await grid.SuperuserAsync("grid_audit"), Stored.Of, ct));
    }

    private static async Task<IReadOnlyList<Lane>> LanesAsync(ApiClient manager, ApiClient supervisor, CancellationToken ct)
    {
        await manager.PublishFirstPolicyAsync("""{"defaultTimeZone":"America/Chicago","sites":[{"code":"dallas","name":"Dallas","timeZone":"America/Chicago"}],"requirements":[]}""", ct);
        var people = (await Workforce.HireAsync(manager, People, ct)).Values.ToArray();
        var questions = new { questions = people.Select(id => new { employeeId = id, function = "work" }).ToArray() };
        return
        [
            .. Enumerable.Range(0, BatchLanes).Select(_ => new Lane("clearances", TimeSpan.FromSeconds(BatchLanes * People / Pace), supervisor,
                _ => new(HttpMethod.Post, "/api/clearances") { Content = JsonContent.Create(questions) }, HttpStatusCode.OK, People)),
            new("reads", TimeSpan.FromMilliseconds(40), supervisor, n => new(HttpMethod.Get, $"/api/employees/{people[n % People]}"), HttpStatusCode.OK, 1),
            new("hires", TimeSpan.FromMilliseconds(400), manager, n => new(HttpMethod.Post, "/api/employees") { Content = JsonContent.Create(Hire(n)) }, HttpStatusCode.Created, 2),
            new("refusals", TimeSpan.FromMilliseconds(200), supervisor, _ => new(HttpMethod.Put, "/api/policies"), HttpStatusCode.Forbidden, 1),
            new(Anonymous, TimeSpan.FromMilliseconds(200), null, _ => new(HttpMethod.Get, "/api/policies"), HttpStatusCode.Unauthorized, 0), // counted, see AssertCounted
        ];
    }

    private static object Hire(int n) =>
        new { employeeNumber = $"X{n}", givenName = "Given", familyName = "Family", site = "dallas", roles = Array.Empty<string>(), hiredOn = "2026-11-01" };

    private static Task AnsweredAsync(Load load, long more, CancellationToken ct)
    {
        var goal = load.Entries + more;
        return Eventually.IsAsync(() => Task.FromResult(load.Entries), entries => entries >= goal, $"{goal} entries of answered requests", ct);
    }

    private async Task<long> SpooledAsync(Func<long, bool> isSo, string what, CancellationToken ct)
    {
        using var http = new HttpClient();
        return await Eventually.IsAsync(() => SpoolMetrics.EntriesAsync(http, grid.Api, ct), isSo, what, ct);
    }

    private async Task UntilQuietAsync(CancellationToken ct)
    {
        await SpooledAsync(entries => entries == 0, "the spool is empty", ct);
        await using var database = NpgsqlDataSource.Create(await grid.SuperuserAsync("grid"));
        await using var command = database.CreateCommand($"SELECT count(*) FROM grid.outbox WHERE kind = 'audit' AND tenant_id = '{Tenant}'");
        await Eventually.IsAsync(async () => (long)(await command.ExecuteScalarAsync(ct))!, open => open == 0, "the outbox is empty", ct);
    }

    private void Note(string what) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():HH:mm:ss} {what}"));

    private void Report(Load load, (long From, long Until, long Entries) outage, long most)
    {
        var took = TimeProvider.System.GetElapsedTime(outage.From, outage.Until);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"outage {took.TotalSeconds:0} s, {outage.Entries} entries, {outage.Entries / took.TotalSeconds:0}/s; {most} in the spool at its end"));
        foreach (var lane in load.Sent.GroupBy(sent => sent.Lane.Name))
            output.WriteLine($"{lane.Key}: {string.Join(", ", lane.GroupBy(sent => sent.Status).Select(answer => $"{answer.Count()} {answer.Key?.ToString() ?? "without a response"}"))}");
        foreach (var (when, begin, end) in new[] { ("before", 0, outage.From), ("during", outage.From, outage.Until) })
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{when} the outage p50 {Took(load, begin, end, 0.5):0} ms, p99 {Took(load, begin, end, 0.99):0} ms, slowest {Took(load, begin, end, 1):0} ms"));
    }

    /// <summary>Milliseconds within which this share of what was sent meanwhile was answered.</summary>
    private static double Took(Load load, long from, long until, double share)
    {
        double[] took = [.. load.Sent.Where(sent => sent.Status is not null && sent.At >= from && sent.At <= until).Select(sent => sent.Took.TotalMilliseconds).Order()];
        return took[(int)((took.Length - 1) * share)];
    }

    private static void AssertAnswers(Load load, (long From, long Until, long Entries) outage)
    {
        Assert.Empty(load.Sent.Where(sent => sent.Status is not null && sent.Status != sent.Lane.Answer).Select(sent => $"{sent.Lane.Name}: {sent.Status}, request {sent.Id}"));
        Assert.Contains(load.Sent, sent => sent.Status is null); // the kill met somebody
        // It waits for no database that is away. What its new process compiles meanwhile takes longer where the machine is slow, as all did before.
        Assert.InRange(Took(load, outage.From, outage.Until, 0.99), 0, Math.Max(1_500, 5 * Took(load, 0, outage.From, 0.99)));
    }

    private static void AssertOnce(Load load, IReadOnlyList<Stored> records)
    {
        Assert.Equal(records.Count, records.Select(record => record.Id).Distinct().Count());
        var ours = records.Where(record => record.Agent == Agent).ToLookup(record => record.Request);
        foreach (var sent in load.Sent.Where(sent => sent.Lane.Name != Anonymous))
        {
            // Each entry of a request is of another record, or of another kind.
            var entries = ours[sent.Id].Select(record => (record.Action, record.Resource)).ToArray();
            Assert.Equal(entries.Length, entries.Distinct().Count());
            if (sent.Status is null) Assert.InRange(entries.Length, 0, sent.Lane.Entries);
            else Assert.Equal((sent.Lane.Name, sent.Id, sent.Lane.Entries), (sent.Lane.Name, sent.Id, entries.Length));
        }

        AssertCounted(load, records);
    }

    /// <summary>Refusals of whom nobody knows are one entry a minute: their numbers add up.</summary>
    private static void AssertCounted(Load load, IReadOnlyList<Stored> records)
    {
        var counted = records.Where(record => record.Agent == Agent && record.User == Anonymous).Sum(record => record.Count);
        var sent = load.Sent.Where(sent => sent.Lane.Name == Anonymous).ToArray();
        Assert.InRange(counted, sent.Count(one => one.Status is not null), sent.Length);
    }

    /// <summary>What is asked of a record.</summary>
    private sealed record Stored(string? Id, string? Agent, string? User, string? Request, string? Action, string? Resource, int Count)
    {
        public static Stored Of(JsonElement record) => new(Text(record, "id"), Text(record, "user_agent"), Text(record, "user_id"), Text(record, "request_id"),
            Text(record, "action"), Text(record, "resource_id"), record.TryGetProperty("details", out var details) && details.TryGetProperty("count", out var count) ? count.GetInt32() : 0);

        private static string? Text(JsonElement record, string member) => record.TryGetProperty(member, out var value) ? value.GetString() : null;
    }
}
