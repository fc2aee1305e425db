using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Benchmarks.Events;

/// <summary>What PostgreSQL does on its own: a prepared upsert of one row of 2 KB, or a select of one, each in its transaction.</summary>
internal static class Pgbench
{
    private const string Create = "CREATE TABLE IF NOT EXISTS upsert (id int PRIMARY KEY, payload bytea NOT NULL)";

    private const string Fill = "INSERT INTO upsert SELECT id, $2 FROM generate_series(1, $1) AS id ON CONFLICT DO NOTHING";

    // Random, as sealed state is: it does not compress. 1,986 bytes stay in the row.
    private const int PayloadBytes = 1986;

    /// <returns>Upserts a second at 64 clients.</returns>
    public static async Task<double> UpsertsAsync(GridUnderTest grid, int rows, CancellationToken ct)
    {
        await using (var database = NpgsqlDataSource.Create(await grid.SuperuserAsync("postgres"))) await ExecuteAsync(database, Create, ct);
        return await RunAsync(grid, $"\\set id random(1, {rows})\nINSERT INTO upsert VALUES (:id, :payload::bytea) ON CONFLICT (id) DO UPDATE SET payload = excluded.payload;\n",
            ["-D", "payload=\\x" + Convert.ToHexString(RandomNumberGenerator.GetBytes(PayloadBytes))], ct);
    }

    /// <summary>A prepared select of one such row by its key.</summary>
    /// <returns>Selects a second at 64 clients.</returns>
    public static async Task<double> SelectsAsync(GridUnderTest grid, int rows, CancellationToken ct)
    {
        await using (var database = NpgsqlDataSource.Create(await grid.SuperuserAsync("postgres")))
        {
            await ExecuteAsync(database, Create, ct);
            await ExecuteAsync(database, Fill, ct, rows, RandomNumberGenerator.GetBytes(PayloadBytes));
        }

        return await RunAsync(grid, $"\\set id random(1, {rows})\nSELECT payload FROM upsert WHERE id = :id;\n", [], ct);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<double> RunAsync(GridUnderTest grid, string script, string[] definitions, CancellationToken ct)
    {
        var file = Path.Combine(grid.State, "pgbench.sql");
        await File.WriteAllTextAsync(file, script, ct);
        var connection = new NpgsqlConnectionStringBuilder(await grid.SuperuserAsync("postgres"));
        Environment.SetEnvironmentVariable("PGPASSWORD", connection.Password); // inherited, so that no list of processes shows it
        var output = await Tool.RunAsync(new ProcessStartInfo(Environment.GetEnvironmentVariable("GRID_PGBENCH")!,
            ["-n", "-M", "prepared", "-c", "64", "-j", "2", "-T", "12", .. definitions, "-f", file,
             "-h", connection.Host!, "-p", "5432", "-U", connection.Username!, "postgres"]), ct);
        var tps = output.Split('\n').Single(line => line.StartsWith("tps = ", StringComparison.Ordinal));
        return double.Parse(tps.Split(' ')[2], CultureInfo.InvariantCulture);
    }
}
