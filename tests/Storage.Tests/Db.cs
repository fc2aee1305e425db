using Npgsql;

namespace ComplianceGrid.Storage.Tests;

/// <summary>Plain statements as a role; each runs in a transaction with the tenants set.</summary>
internal static class Db
{
    public static async Task<T> ScalarAsync<T>(string connectionString, string sql, string? tenants = null)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        if (tenants is not null)
        {
            await using var scope = new NpgsqlCommand("SELECT set_config('app.tenant_ids', $1, true), set_config('app.tenant_id', $1, true)", connection);
            scope.Parameters.Add(new() { Value = tenants });
            await scope.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

#pragma warning disable CA2100 // the tests' own texts
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        var result = await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        return result is T value ? value : default!;
    }

    public static Task ExecuteAsync(string connectionString, string sql, string? tenants = null) =>
        ScalarAsync<object>(connectionString, sql, tenants);
}
