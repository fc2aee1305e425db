using System.Globalization;
using Npgsql;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>
/// One log at one instant, read as <c>grid_auditor</c>: two connections on one snapshot, so that rows stream by one while heads, tiles
/// and checkpoints are paged by the other.
/// </summary>
internal sealed class LogSnapshot : IAsyncDisposable
{
    // Whatever the planner believes, rows come by index in the order of the leaves: a sort would put the whole log on disk first. The one connection waits
    // while the other's rows are hashed; it locks nothing.
    private const string Scope = """
        SELECT set_config('app.tenant_id', $1, true), set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true),
               set_config('enable_bitmapscan', 'off', true), set_config('jit', 'off', true), set_config('idle_in_transaction_session_timeout', '0', true)
        """;

    private const string Partitions = "SELECT c.oid, c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'audit.audit_log'::regclass";

    private readonly NpgsqlConnection _rows;
    private readonly NpgsqlConnection _rest;

    private LogSnapshot(NpgsqlConnection rows, NpgsqlConnection rest, int epoch) => (_rows, _rest, Epoch) = (rows, rest, epoch);

    public int Epoch { get; }

    /// <summary>The connection for everything but rows. One command at a time.</summary>
    public NpgsqlConnection Rest => _rest;

    public static async Task<LogSnapshot> OpenAsync(NpgsqlDataSource audit, string tenant, int epoch, CancellationToken ct)
    {
        var rows = await audit.OpenConnectionAsync(ct);
        NpgsqlConnection? rest = null;
        try
        {
            rest = await audit.OpenConnectionAsync(ct);
            await ExecuteAsync(rows, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", ct);
            await using var export = new NpgsqlCommand("SELECT pg_export_snapshot()", rows);
            var snapshot = (string)(await export.ExecuteScalarAsync(ct))!;
            await ExecuteAsync(rest, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", ct);
            await ExecuteAsync(rest, $"SET TRANSACTION SNAPSHOT '{snapshot}'", ct); // the server's own text; takes no parameter
            foreach (var connection in new[] { rows, rest }) await ScopeAsync(connection, tenant, ct);
            return new(rows, rest, epoch);
        }
        catch
        {
            await rows.DisposeAsync();
            if (rest is not null) await rest.DisposeAsync();
            throw;
        }
    }

    /// <summary>In the order of the leaves.</summary>
    public async Task<CopyRows> RowsAsync(CancellationToken ct) => new(await _rows.BeginRawBinaryCopyAsync(string.Create(CultureInfo.InvariantCulture,
        $"COPY (SELECT {StoredRow.ColumnList} FROM audit.audit_log WHERE tenant_id = audit.tenant_in_scope() AND epoch = {Epoch} ORDER BY leaf_index) TO STDOUT (FORMAT BINARY)"), ct));

    /// <summary>The months' tables: what a row's <c>tableoid</c> says.</summary>
    public async Task<Dictionary<int, string>> PartitionsAsync(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Partitions, _rest);
        await using var reader = await command.ExecuteReaderAsync(ct);
        Dictionary<int, string> names = [];
        while (await reader.ReadAsync(ct)) names.Add(unchecked((int)reader.GetFieldValue<uint>(0)), reader.GetString(1));
        return names;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in new[] { _rows, _rest })
        {
            if (connection.State == System.Data.ConnectionState.Open) await ExecuteAsync(connection, "ROLLBACK", default);
            await connection.DisposeAsync();
        }
    }

    private static async Task ScopeAsync(NpgsqlConnection connection, string tenant, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Scope, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = tenant } } };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
#pragma warning disable CA2100 // Constants, and a snapshot's name.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
    }
}
