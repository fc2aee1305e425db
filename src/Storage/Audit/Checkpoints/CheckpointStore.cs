using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Audit.Checkpoints;

/// <summary>Checkpoints as they are kept. Reading as <c>grid_auditor</c>; all of it as <c>grid_audit_notary</c>.</summary>
public sealed class CheckpointStore(NpgsqlDataSource audit)
{
    private const string Scope = "SELECT set_config('app.tenant_id', $1, true)";
    private const string Columns = "SELECT tenant_id, epoch, size, root, note, created_at FROM audit.checkpoint";
    private const string Newest = Columns + " WHERE tenant_id = $1 AND epoch = $2 ORDER BY size DESC LIMIT 1";
    private const string OfSize = Columns + " WHERE tenant_id = $1 AND epoch = $2 AND size = $3";

    private const string Insert = """
        INSERT INTO audit.checkpoint (tenant_id, epoch, size, root, note, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """;

    // Each tenant's newest head, and newest checkpoint, from one tenant to the next by the keys. A log whose newest checkpoint is of
    // another size is due; also when it is the log that is shorter, or has no head at all.
    private const string Due = """
        WITH RECURSIVE log AS (
          (SELECT tenant_id, epoch, size FROM audit.log_head ORDER BY tenant_id DESC, epoch DESC, size DESC LIMIT 1)
          UNION ALL
          SELECT next.* FROM log CROSS JOIN LATERAL (
            SELECT h.tenant_id, h.epoch, h.size FROM audit.log_head h
             WHERE h.tenant_id < log.tenant_id ORDER BY h.tenant_id DESC, h.epoch DESC, h.size DESC LIMIT 1) next),
        signed AS (
          (SELECT tenant_id, epoch, size, created_at FROM audit.checkpoint ORDER BY tenant_id DESC, epoch DESC, size DESC LIMIT 1)
          UNION ALL
          SELECT next.* FROM signed CROSS JOIN LATERAL (
            SELECT c.tenant_id, c.epoch, c.size, c.created_at FROM audit.checkpoint c
             WHERE c.tenant_id < signed.tenant_id ORDER BY c.tenant_id DESC, c.epoch DESC, c.size DESC LIMIT 1) next)
        SELECT coalesce(log.tenant_id, signed.tenant_id) FROM log FULL JOIN signed ON signed.tenant_id = log.tenant_id AND signed.epoch = log.epoch
         WHERE signed.size IS NULL OR (signed.size IS DISTINCT FROM log.size AND signed.created_at <= $1)
         GROUP BY 1 ORDER BY 1
        """;

    /// <returns>Null: the log has none.</returns>
    public Task<StoredCheckpoint?> NewestAsync(string tenant, int epoch, CancellationToken ct = default) =>
        ReadAsync(tenant, () => new(Newest) { Parameters = { Text(tenant), Number(epoch) } }, ct);

    /// <returns>Null: the log has none of exactly this size.</returns>
    public Task<StoredCheckpoint?> FindAsync(string tenant, int epoch, long size, CancellationToken ct = default) =>
        ReadAsync(tenant, () => new(OfSize) { Parameters = { Text(tenant), Number(epoch), new NpgsqlParameter<long> { TypedValue = size } } }, ct);

    /// <summary>Keeps a checkpoint, unless there is one of its size already.</summary>
    /// <returns>The one that is kept.</returns>
    public async Task<StoredCheckpoint> KeepAsync(StoredCheckpoint checkpoint, CancellationToken ct = default)
    {
        await using var insert = audit.CreateCommand(Insert);
        insert.Parameters.AddRange(new NpgsqlParameter[]
        {
            Text(checkpoint.Tenant), Number(checkpoint.Epoch), new NpgsqlParameter<long> { TypedValue = checkpoint.Size },
            new NpgsqlParameter<byte[]> { TypedValue = checkpoint.Root.ToArray() }, Text(checkpoint.Note), Instant(checkpoint.CreatedAt),
        });
        return await insert.ExecuteNonQueryAsync(ct) == 1
            ? checkpoint
            : await FindAsync(checkpoint.Tenant, checkpoint.Epoch, checkpoint.Size, ct) ?? throw new InvalidOperationException("A checkpoint was there and is gone.");
    }

    /// <summary>Tenants whose log is of another size than its newest checkpoint, and that one is of <paramref name="before"/> or older.</summary>
    public async Task<IReadOnlyList<string>> DueAsync(DateTimeOffset before, CancellationToken ct = default)
    {
        await using var command = audit.CreateCommand(Due);
        command.Parameters.Add(Instant(before));
        List<string> tenants = [];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) tenants.Add(reader.GetString(0));
        return tenants;
    }

    private Task<StoredCheckpoint?> ReadAsync(string tenant, Func<NpgsqlBatchCommand> select, CancellationToken ct) =>
        LostConnection.RepeatAsync(audit, () => ReadOnceAsync(tenant, select(), ct));

    private async Task<StoredCheckpoint?> ReadOnceAsync(string tenant, NpgsqlBatchCommand select, CancellationToken ct)
    {
        await using var batch = audit.CreateBatch(); // one implicit transaction, in which the setting holds
        batch.BatchCommands.Add(new(Scope) { Parameters = { Text(tenant) } });
        batch.BatchCommands.Add(select);
        await using var row = await batch.ExecuteReaderAsync(ct);
        await row.NextResultAsync(ct);
        return await row.ReadAsync(ct)
            ? new(row.GetString(0), row.GetInt32(1), row.GetInt64(2), new(row.GetFieldValue<byte[]>(3)), row.GetString(4), row.GetFieldValue<DateTimeOffset>(5))
            : null;
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlParameter<int> Number(int value) => new() { TypedValue = value };

    private static NpgsqlParameter<DateTime> Instant(DateTimeOffset at) => new() { TypedValue = at.UtcDateTime, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz };
}
