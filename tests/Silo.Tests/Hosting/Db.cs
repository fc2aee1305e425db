using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Silo.Tests.Hosting;

/// <summary>Looks into a database, and waits for what must become true there.</summary>
internal static class Db
{
    public static async Task<T?> ScalarAsync<T>(string connectionString, string sql, CancellationToken ct, params object[] values)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
#pragma warning disable CA2100 // a test's own text
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync(ct) is T result ? result : default;
    }

    public static Task ExecuteAsync(string connectionString, string sql, CancellationToken ct, params object[] values) =>
        ScalarAsync<object>(connectionString, sql, ct, values);

    public static Task UntilAsync<T>(string connectionString, string sql, T expected, CancellationToken ct, params object[] values) =>
        Eventually.IsAsync(() => ScalarAsync<T>(connectionString, sql, ct, values), found => Equals(expected, found), sql, ct);
}
