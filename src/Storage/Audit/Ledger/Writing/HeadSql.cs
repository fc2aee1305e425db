using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>The statements on <c>audit.log_head</c>.</summary>
internal static class HeadSql
{
    // A tenant without a head has a log all the same: empty, of its newest epoch.
    private const string Newest = """
        SELECT t.tenant_id, e.epoch, coalesce(h.size, 0), h.frontier, h.created_at, coalesce(h.bytes, 0)
          FROM unnest($1) AS t (tenant_id)
         CROSS JOIN LATERAL (SELECT coalesce((SELECT max(epoch) FROM audit.epoch WHERE tenant_id = t.tenant_id), 0) AS epoch) e
          LEFT JOIN LATERAL (
            SELECT size, frontier, created_at, bytes FROM audit.log_head
             WHERE tenant_id = t.tenant_id AND epoch = e.epoch ORDER BY size DESC LIMIT 1) h ON true
        """;

    // In one order for all writers, so that no two wait for each other. A log whose next epoch was opened takes nothing more, nor
    // does one that is not as we know it: cut, or put back from a backup, while we wrote.
    private const string Insert = """
        INSERT INTO audit.log_head (tenant_id, epoch, prev_size, size, root, frontier, created_at, bytes)
        SELECT i.tenant_id, i.epoch, i.prev_size, i.size, i.root, i.frontier, i.created_at, i.bytes
          FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            AS i (tenant_id, epoch, prev_size, prev_root, size, root, frontier, created_at, bytes)
         WHERE NOT EXISTS (SELECT FROM audit.epoch e WHERE e.tenant_id = i.tenant_id AND e.epoch > i.epoch)
           AND (i.prev_size = 0 OR EXISTS (
             SELECT FROM audit.log_head h WHERE h.tenant_id = i.tenant_id AND h.epoch = i.epoch AND h.size = i.prev_size AND h.root = i.prev_root))
         ORDER BY i.tenant_id
        """;

    public static async Task<List<OpenLog>> ReadAsync(NpgsqlConnection connection, IReadOnlyList<string> tenants, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Newest, connection) { Parameters = { Column.Text(tenants, tenant => tenant) } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<OpenLog> logs = [];
        while (await reader.ReadAsync(ct))
        {
            var size = reader.GetInt64(2);
            var frontier = size == 0 ? new Frontier() : Frontier.Parse(size, reader.GetFieldValue<byte[]>(3));
            var createdAt = size == 0 ? DateTime.UnixEpoch : reader.GetDateTime(4);
            logs.Add(new(reader.GetString(0), reader.GetInt32(1), frontier, reader.GetInt64(5), createdAt, Tail: null));
        }

        return logs;
    }

    /// <exception cref="LedgerConflictException">A log has a newer epoch, or no longer the head that we know.</exception>
    public static async Task InsertAsync(NpgsqlConnection connection, IReadOnlyList<Grown> logs, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                Column.Text(logs, log => log.After.Tenant), Column.Int(logs, log => log.After.Epoch),
                Column.Long(logs, log => log.Before.Size), Column.Bytes(logs, log => log.Before.Frontier.Root.ToArray()),
                Column.Long(logs, log => log.After.Size),
                Column.Bytes(logs, log => log.After.Frontier.Root.ToArray()), Column.Bytes(logs, log => log.After.Frontier.ToBytes()),
                Column.Instant(logs, log => new DateTimeOffset(log.After.CreatedAt)), Column.Long(logs, log => log.After.Bytes),
            },
        };
        if (await command.ExecuteNonQueryAsync(ct) != logs.Count) throw new LedgerConflictException("A log goes on in a newer epoch, or was cut.");
    }
}
