using ComplianceGrid.Storage.Sql;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Audit.Checkpoints;

/// <summary>Which checkpoints are with which targets. As <c>grid_audit_writer</c>.</summary>
public sealed class CheckpointDeliveries(NpgsqlDataSource audit, TimeProvider time)
{
    // Newest first: if there is more than can be read at once, what protects most goes first. A log that went on in a newer epoch is
    // closed: what was published of it is bound there.
    private const string Due = """
        SELECT c.tenant_id, c.epoch, c.size, c.root, c.note, c.created_at FROM audit.checkpoint c
         WHERE c.created_at >= $2
           AND NOT EXISTS (SELECT FROM audit.checkpoint_delivery d WHERE d.tenant_id = c.tenant_id AND d.epoch = c.epoch AND d.size = c.size AND d.target = $1)
           AND NOT EXISTS (SELECT FROM audit.epoch e WHERE e.tenant_id = c.tenant_id AND e.epoch > c.epoch)
           AND ($3 OR NOT EXISTS (SELECT FROM audit.checkpoint n WHERE n.tenant_id = c.tenant_id AND n.epoch = c.epoch AND n.size > c.size))
           AND ($4 AND c.tenant_id <> ALL ($5) OR c.tenant_id = ANY ($6))
         ORDER BY c.created_at DESC, c.tenant_id, c.epoch, c.size LIMIT $7
        """;

    // Who holds the lock delivers, the others pass by. It ends with the transaction, and that with its process, or when it hangs.
    private const string Bound = "SET LOCAL idle_in_transaction_session_timeout = '2min'";
    private const string Lock = "SELECT pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', 'checkpoint', $1, $2, $3, $4), 0))";

    private const string IsThere =
        "SELECT EXISTS (SELECT FROM audit.checkpoint_delivery WHERE tenant_id = $2 AND epoch = $3 AND size = $4 AND target = $1)";

    private const string Insert = """
        INSERT INTO audit.checkpoint_delivery (target, tenant_id, epoch, size, created_at, receipt) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING
        """;

    private const string Largest = "SELECT max(size) FROM audit.checkpoint_delivery WHERE target = $1 AND tenant_id = $2 AND epoch = $3";

    /// <summary>Checkpoints that the target has not confirmed, newest first.</summary>
    /// <param name="since">Signed then or later.</param>
    /// <param name="all">False: only the newest of each log, which commits to all before it.</param>
    public async Task<IReadOnlyList<StoredCheckpoint>> DueAsync(
        string target, TenantScope scope, DateTimeOffset since, bool all, int limit, CancellationToken ct)
    {
        await using var command = audit.CreateCommand(Due);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = target });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = since.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = all });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = scope.Everyone });
        command.Parameters.Add(Column.Text([.. scope.Without], tenant => tenant));
        command.Parameters.Add(Column.Text([.. scope.With], tenant => tenant));
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        List<StoredCheckpoint> due = [];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            due.Add(new(reader.GetString(0), reader.GetInt32(1), reader.GetInt64(2), new(reader.GetFieldValue<byte[]>(3)), reader.GetString(4), reader.GetFieldValue<DateTimeOffset>(5)));
        return due;
    }

    /// <summary>
    /// Delivers, unless another process is at it or was, and puts it on record when the target has confirmed. A process that dies
    /// between the two leaves no record, and another delivers again.
    /// </summary>
    /// <param name="deliver">Returns the target's receipt when it has confirmed; else throws. May take a minute.</param>
    /// <returns>Whether the delivery is on record now, by whomever.</returns>
    public async Task<bool> OnceAsync(string target, StoredCheckpoint checkpoint, Func<CancellationToken, Task<string>> deliver, CancellationToken ct)
    {
        await using var connection = await audit.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var bound = new NpgsqlCommand(Bound, connection)) await bound.ExecuteNonQueryAsync(ct);
        if (!await IsAsync(connection, Lock, target, checkpoint, ct)) return false;
        if (await IsAsync(connection, IsThere, target, checkpoint, ct)) return true;
        var receipt = await deliver(ct);
        await using var insert = Of(connection, Insert, target, checkpoint);
        insert.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = receipt });
        await insert.ExecuteNonQueryAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    /// <summary>The largest size of the log of which the target confirmed a checkpoint; 0: none.</summary>
    public async Task<long> LargestAsync(string target, string tenant, int epoch, CancellationToken ct)
    {
        await using var command = audit.CreateCommand(Largest);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = target });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tenant });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = epoch });
        return await command.ExecuteScalarAsync(ct) is long size ? size : 0;
    }

    private static async Task<bool> IsAsync(NpgsqlConnection connection, string sql, string target, StoredCheckpoint checkpoint, CancellationToken ct)
    {
        await using var command = Of(connection, sql, target, checkpoint);
        return await command.ExecuteScalarAsync(ct) is true;
    }

#pragma warning disable CA2100 // One of the constants above.
    private static NpgsqlCommand Of(NpgsqlConnection connection, string sql, string target, StoredCheckpoint checkpoint) => new(sql, connection)
#pragma warning restore CA2100
    {
        Parameters =
        {
            new NpgsqlParameter<string> { TypedValue = target }, new NpgsqlParameter<string> { TypedValue = checkpoint.Tenant },
            new NpgsqlParameter<int> { TypedValue = checkpoint.Epoch }, new NpgsqlParameter<long> { TypedValue = checkpoint.Size },
        },
    };
}
