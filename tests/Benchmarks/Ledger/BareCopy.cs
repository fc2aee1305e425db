using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Benchmarks.Ledger;

/// <summary>The limit of an append: Npgsql's binary COPY alone, of rows that stand ready, into a table of the same shape.</summary>
internal static class BareCopy
{
    private const string Create = """
        CREATE SCHEMA IF NOT EXISTS bench;
        DROP TABLE IF EXISTS bench.audit_log;
        CREATE TABLE bench.audit_log (LIKE audit.audit_log INCLUDING ALL) PARTITION BY RANGE (created_at);
        DO $$ BEGIN
          EXECUTE format('CREATE TABLE bench.audit_log_now PARTITION OF bench.audit_log FOR VALUES FROM (%L) TO (%L)',
                         date_trunc('month', now()), date_trunc('month', now()) + interval '2 months');
        END $$;
        """;

    private const string Columns =
        "id, timestamp, tenant_id, epoch, leaf_index, user_id, user_role, action, resource, resource_id, ip_address, user_agent, request_id, "
        + "result, error_code, duration, created_at, record";

    public static async Task CreateTableAsync(LedgerUnderTest ledger, CancellationToken ct)
    {
        await using var command = ledger.Superuser.CreateCommand(Create);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>One tenant's rows as the product's writer stored them, from a place in its log.</summary>
    public static async Task<List<object?[]>> RowsAsync(LedgerUnderTest ledger, string tenant, long from, CancellationToken ct)
    {
        await using var command = ledger.Superuser.CreateCommand(
            $"SELECT {Columns} FROM audit.audit_log WHERE tenant_id = $1 AND epoch = 0 AND leaf_index >= $2 ORDER BY leaf_index");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tenant });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = from });
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<object?[]> rows = [];
        while (await reader.ReadAsync(ct))
        {
            var row = new object?[reader.FieldCount];
            for (var column = 0; column < row.Length; column++) row[column] = await reader.IsDBNullAsync(column, ct) ? null : reader.GetValue(column);
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Rows of one transaction. Into the partition, as the writer does: nothing is routed.</summary>
    public static async Task RunAsync(NpgsqlConnection connection, ArraySegment<object?[]> rows, CancellationToken ct)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"COPY bench.audit_log_now ({Columns}) FROM STDIN (FORMAT BINARY)", ct);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(ct);
            foreach (var value in row) await WriteAsync(copy, value, ct);
        }

        await copy.CompleteAsync(ct);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, object? value, CancellationToken ct) => value switch
    {
        null => copy.WriteNullAsync(ct),
        string text => copy.WriteAsync(text, NpgsqlDbType.Text, ct),
        byte[] bytes => copy.WriteAsync(bytes, NpgsqlDbType.Bytea, ct),
        Guid id => copy.WriteAsync(id, NpgsqlDbType.Uuid, ct),
        DateTime at => copy.WriteAsync(at, NpgsqlDbType.TimestampTz, ct),
        int number => copy.WriteAsync(number, NpgsqlDbType.Integer, ct),
        long number => copy.WriteAsync(number, NpgsqlDbType.Bigint, ct),
        _ => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"A column of type {value.GetType()} is not copied here.")),
    };
}
