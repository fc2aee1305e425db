using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>Rows by binary COPY into the partition of their month, which row-level security leaves to the writer.</summary>
internal static class RowCopy
{
    public const string Columns =
        "(id, timestamp, tenant_id, epoch, leaf_index, user_id, user_role, action, resource, resource_id, ip_address, user_agent, "
        + "request_id, result, error_code, duration, created_at, record)";

    /// <param name="partition">Quoted, from <c>audit.ensure_partition</c>: COPY takes no parameters.</param>
    public static async Task RunAsync(NpgsqlConnection connection, string partition, IEnumerable<LedgerRow> rows, CancellationToken ct)
    {
        await using var copy = await connection.BeginBinaryImportAsync(string.Create(null, $"COPY {partition} {Columns} FROM STDIN (FORMAT BINARY)"), ct);
        foreach (var row in rows) await WriteAsync(copy, row, ct);
        await copy.CompleteAsync(ct);
    }

    public static async Task WriteAsync(NpgsqlBinaryImporter copy, LedgerRow row, CancellationToken ct)
    {
        var entry = row.Entry;
        await copy.StartRowAsync(ct);
        await copy.WriteAsync(entry.Id, NpgsqlDbType.Uuid, ct);
        await copy.WriteAsync(entry.Timestamp, NpgsqlDbType.TimestampTz, ct);
        await copy.WriteAsync(entry.TenantId, NpgsqlDbType.Text, ct);
        await copy.WriteAsync(row.Epoch, NpgsqlDbType.Integer, ct);
        await copy.WriteAsync(row.Index, NpgsqlDbType.Bigint, ct);
        await copy.WriteAsync(entry.UserId, NpgsqlDbType.Text, ct);
        await copy.WriteAsync(entry.UserRole, NpgsqlDbType.Text, ct);
        await copy.WriteAsync(entry.Action, NpgsqlDbType.Text, ct);
        await copy.WriteAsync(entry.Resource, NpgsqlDbType.Text, ct);
        await TextAsync(copy, entry.ResourceId, ct);
        await TextAsync(copy, entry.IpAddress, ct);
        await TextAsync(copy, entry.UserAgent, ct);
        await TextAsync(copy, entry.RequestId, ct);
        await copy.WriteAsync(entry.Result, NpgsqlDbType.Text, ct);
        await TextAsync(copy, entry.ErrorCode, ct);
        await copy.WriteAsync(entry.DurationMs, NpgsqlDbType.Integer, ct);
        await copy.WriteAsync(row.CreatedAt, NpgsqlDbType.TimestampTz, ct);
        await copy.WriteAsync(row.Record, NpgsqlDbType.Bytea, ct);
    }

    private static Task TextAsync(NpgsqlBinaryImporter copy, string? value, CancellationToken ct) =>
        value is null ? copy.WriteNullAsync(ct) : copy.WriteAsync(value, NpgsqlDbType.Text, ct);
}
