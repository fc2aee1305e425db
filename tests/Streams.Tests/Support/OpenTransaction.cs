using Npgsql;

namespace ComplianceGrid.Streams.Tests.Support;

/// <summary>A write transaction that stays open: it holds back the horizon of the whole cluster.</summary>
internal sealed class OpenTransaction : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private OpenTransaction(NpgsqlConnection connection) => _connection = connection;

    public static async Task<OpenTransaction> BeginAsync(string connectionString, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("BEGIN; CREATE TABLE never_committed (id int); SELECT txid_current()", connection);
        await command.ExecuteNonQueryAsync(ct);
        return new(connection);
    }

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();
}
