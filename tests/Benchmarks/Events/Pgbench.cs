using System.Globalization;
using System.Security.Cryptography;
using ComplianceGrid.Benchmarks.Grid;
using Npgsql;

namespace ComplianceGrid.Benchmarks.Events;

/// <summary>What PostgreSQL does on its own: a prepared upsert of one row of 2 KB, each in its transaction.</summary>
internal static class Pgbench
{
    private const string Create = "CREATE TABLE IF NOT EXISTS upsert (id int PRIMARY KEY, payload bytea NOT NULL)";

    // Random, as sealed state is: it does not compress. 1,986 bytes stay in the row.
    private const int PayloadBytes = 1986;

    /// <returns>Upserts a second at 64 clients.</returns>
    public static async Task<double> UpsertsAsync(GridUnderTest grid, int rows, CancellationToken ct)
    {
        await using (var database = NpgsqlDataSource.Create(grid.Superuser))
        await using (var create = database.CreateCommand(Create))
            await create.ExecuteNonQueryAsync(ct);

        var script = grid.StateFile("upsert.sql");
        await File.WriteAllTextAsync(script, $"\\set id random(1, {rows})\nINSERT INTO upsert VALUES (:id, :payload::bytea) ON CONFLICT (id) DO UPDATE SET payload = excluded.payload;\n", ct);
        var connection = new NpgsqlConnectionStringBuilder(grid.Superuser);
        Environment.SetEnvironmentVariable("PGPASSWORD", connection.Password); // inherited, so that no list of processes shows it
        var output = await grid.RunAsync(Environment.GetEnvironmentVariable("GRID_PGBENCH")!,
            ["-n", "-M", "prepared", "-c", "64", "-j", "2", "-T", "12",
             "-D", "payload=\\x" + Convert.ToHexString(RandomNumberGenerator.GetBytes(PayloadBytes)), "-f", script,
             "-h", connection.Host!, "-p", "5432", "-U", connection.Username!, "postgres"], null, ct);
        var tps = output.Split('\n').Single(line => line.StartsWith("tps = ", StringComparison.Ordinal));
        return double.Parse(tps.Split(' ')[2], CultureInfo.InvariantCulture);
    }
}
