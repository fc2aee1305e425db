using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Benchmarks.Load;
using Npgsql;

namespace ComplianceGrid.Benchmarks.Reads;

/// <summary>Lists and reports at 200 requests a second, for a tenant of 1,000 and one of 100,000 employees.</summary>
internal static class ReadsBenchmark
{
    private const double PerSecond = 200;

    /// <summary>Nine in ten are green, and one in ten of them will turn amber some day.</summary>
    private const string Seed = """
        INSERT INTO grid.employee (tenant_id, employee_id, employee_number, given_name, family_name, sort_name, site, roles, hired_on, status,
                                   transition_at, transition_status, next_transition_at, reasons, policy_version, revision, evaluated_at)
        SELECT $1, gen_random_uuid(), 'E' || n, 'Given' || n, 'Family' || md5(n::text), 'family' || md5(n::text) || ' given' || n, 'site-' || n % 20,
               ARRAY['driver'], date '2020-01-01' + n % 2000, CASE n % 10 WHEN 0 THEN 2 ELSE 0 END,
               CASE n % 10 WHEN 1 THEN ARRAY[now() + interval '30 days'] ELSE '{}' END, CASE n % 10 WHEN 1 THEN ARRAY[1::smallint] ELSE '{}' END,
               CASE n % 10 WHEN 1 THEN now() + interval '30 days' END, '[]', 1, 1, now()
          FROM generate_series(1, $2) AS n
        """;

    private const string SeedCounts = """
        INSERT INTO grid.employee_count (tenant_id, site, status, shard, employees)
        SELECT tenant_id, site, status, 0, count(*) FROM grid.employee WHERE tenant_id = $1 GROUP BY tenant_id, site, status
        """;

    private static readonly (string Tenant, int Employees)[] Tenants = [("bench-small", 1_000), ("bench-large", 100_000)];

    private static readonly string[] Paths = ["/api/employees?limit=50", "/api/reports/compliance-summary"];

    public static async Task RunAsync(GridUnderTest grid, Report report, CancellationToken ct)
    {
        await using var database = NpgsqlDataSource.Create(await grid.SuperuserAsync("grid"));
        foreach (var (tenant, employees) in Tenants)
        {
            await ExecuteAsync(database, Seed, ct, tenant, employees);
            await ExecuteAsync(database, SeedCounts, ct, tenant);
        }

        await ExecuteAsync(database, "ANALYZE grid.employee, grid.employee_count", ct);
        foreach (var (tenant, employees) in Tenants)
        {
            var token = await grid.TokenAsync(tenant, "bench", ct);
            foreach (var path in Paths) await MeasureAsync(grid, path, token, ct); // not counted: an Api just started compiles while it answers
            report.P99($"GET /api/employees?limit=50 among {employees:N0}, 200/s", await MeasureAsync(grid, Paths[0], token, ct), 25);
            report.P99($"GET /api/reports/compliance-summary of {employees:N0}, 200/s", await MeasureAsync(grid, Paths[1], token, ct), 25);
        }
    }

    private static async Task<Latencies> MeasureAsync(GridUnderTest grid, string path, string token, CancellationToken ct)
    {
        using var pool = new HttpPool(grid.Api);
        var request = HttpConnection.Get(grid.Api, path, token);
        return await LoadGenerator.PacedAsync(PerSecond, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8),
            async _ => (await pool.SendAsync(request, ct)).Status == 200);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 120;
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }
}
