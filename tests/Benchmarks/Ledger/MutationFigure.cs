using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Benchmarks.Load;
using ComplianceGrid.Tenancy;
using Npgsql;

namespace ComplianceGrid.Benchmarks.Ledger;

/// <summary>
/// What the audit entry adds to <c>PUT /api/employees/{id}</c> at 500 a second. The product has no switch that leaves entries out, so
/// this grid's database drops them from the outbox, in every other round: then they are neither stored, relayed nor appended.
/// </summary>
internal static class MutationFigure
{
    private const int PerSecond = 500, Employees = 2_000, Rounds = 5;

    /// <summary>So that none comes near its own rate limit.</summary>
    private const int Users = 4;

    private const double Goal = 10;
    private const string Tenant = "bench-mutations";

    private const string CreateDrop = """
        CREATE OR REPLACE FUNCTION grid.bench_drop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER bench_no_audit BEFORE INSERT ON grid.outbox FOR EACH ROW WHEN (NEW.kind = 'audit') EXECUTE FUNCTION grid.bench_drop()
        """;

    private const string RemoveDrop = "DROP TRIGGER bench_no_audit ON grid.outbox";

    public static async Task RunAsync(GridUnderTest grid, Report report, CancellationToken ct)
    {
        await using var database = NpgsqlDataSource.Create(await grid.SuperuserAsync("grid"));
        await using var caller = await GridCaller.ConnectAsync(grid, Tenant, ct);
        await caller.PublishPolicyAsync(order: null);
        var tokens = await Task.WhenAll(Enumerable.Range(0, Users).Select(user => grid.TokenAsync(Tenant, $"bench-{user}", ct)));
        var load = new Load(grid, await caller.HireAsync(Employees, ct), tokens, ct);
        await load.RunAsync(20); // compiled, and every grain active

        List<(Latencies With, Latencies Without)> rounds = [];
        for (var round = 0; round < Rounds; round++)
        {
            var with = await load.RunAsync(8);
            await ExecuteAsync(database, CreateDrop, ct);
            var without = await load.RunAsync(8);
            await ExecuteAsync(database, RemoveDrop, ct);
            rounds.Add((with, without));
        }

        // One pause of the machine must not decide: each round beside its neighbour, and of the rounds the median.
        report.Below("p99 added by its audit entry to PUT /api/employees/{id}, 500/s", Median(rounds.Select(r => r.With.At(0.99) - r.Without.At(0.99))), "ms", Goal);
        report.Add("  the PUT with its entry (medians of rounds)", Text(rounds.Select(r => r.With)));
        report.Add("  and without", Text(rounds.Select(r => r.Without)));
        if (rounds.Any(r => r.With.Failed + r.Without.Failed > 0))
            throw new InvalidOperationException($"Mutations were refused, with {load.Refusals}: this measures nothing.");
    }

    private static string Text(IEnumerable<Latencies> rounds) => string.Create(CultureInfo.InvariantCulture,
        $"p50 {Median(rounds.Select(r => r.At(0.5))):0.0} ms, p99 {Median(rounds.Select(r => r.At(0.99))):0.0} ms");

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Changes the employees' phone numbers in turn.</summary>
    private sealed class Load(GridUnderTest grid, ImmutableArray<EmployeeKey> employees, string[] tokens, CancellationToken ct)
    {
        private readonly long[] _revisions = [.. Enumerable.Repeat(1L, employees.Length)];
        private readonly ConcurrentDictionary<int, int> _refusals = [];
        private long _phone = 5_555_560_000; // nobody's: a change that changes nothing has no new revision

        public string Refusals => string.Join(", ", _refusals.Select(r => $"{r.Value} times {r.Key}"));

        public async Task<Latencies> RunAsync(int seconds)
        {
            using var pool = new HttpPool(grid.Api);
            return await LoadGenerator.PacedAsync(PerSecond, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(seconds), async call =>
            {
                var number = call % employees.Length;
                var (status, _) = await pool.SendAsync(Put(number, _revisions[number]), ct);
                if (status == 200) _revisions[number]++;
                else _refusals.AddOrUpdate(status, 1, (_, count) => count + 1);
                return status == 200;
            });
        }

        private byte[] Put(int number, long revision)
        {
            var body = string.Create(CultureInfo.InvariantCulture, $$"""
                {"employeeNumber":"B{{number}}","givenName":"Given{{number}}","familyName":"Family{{number}}","email":"b{{number}}@bench.example","phone":"{{Interlocked.Increment(ref _phone)}}","dateOfBirth":"1990-01-01","site":"dallas","roles":["driver"],"hiredOn":"2026-01-05"}
                """);
            return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"""
                PUT /api/employees/{employees[number].Employee:D} HTTP/1.1
                Host: {grid.Api.Authority}
                Authorization: Bearer {tokens[number % tokens.Length]}
                If-Match: "{revision}-0"
                Content-Type: application/json
                Content-Length: {body.Length}


                """).ReplaceLineEndings("\r\n") + body);
        }
    }
}
