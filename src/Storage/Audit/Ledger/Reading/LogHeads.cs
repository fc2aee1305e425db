using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>The heads of stored logs. As <c>grid_auditor</c> or <c>grid_audit_notary</c>.</summary>
public static class LogHeads
{
    private const string Scope = "SELECT set_config('app.tenant_id', $1, true)";

    private const string Newest =
        "SELECT epoch, size, root FROM audit.log_head WHERE tenant_id = $1 ORDER BY epoch DESC, size DESC LIMIT 1";

    private const string OfEpoch =
        "SELECT epoch, size, root FROM audit.log_head WHERE tenant_id = $1 AND epoch = $2 ORDER BY size DESC LIMIT 1";

    /// <param name="epoch">Null: the newest that has entries.</param>
    /// <returns>Null when nothing was ever appended there.</returns>
    public static Task<LogHead?> NewestAsync(NpgsqlDataSource audit, string tenant, int? epoch = null, CancellationToken ct = default) =>
        LostConnection.RepeatAsync(audit, () => ReadAsync(audit, tenant, epoch, ct));

    private static async Task<LogHead?> ReadAsync(NpgsqlDataSource audit, string tenant, int? epoch, CancellationToken ct)
    {
        await using var batch = audit.CreateBatch();
        batch.BatchCommands.Add(new(Scope) { Parameters = { new NpgsqlParameter<string> { TypedValue = tenant } } });
        var select = new NpgsqlBatchCommand(epoch is null ? Newest : OfEpoch) { Parameters = { new NpgsqlParameter<string> { TypedValue = tenant } } };
        if (epoch is { } one) select.Parameters.Add(new NpgsqlParameter<int> { TypedValue = one });
        batch.BatchCommands.Add(select);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct) ? new(tenant, reader.GetInt32(0), reader.GetInt64(1), new(reader.GetFieldValue<byte[]>(2))) : null;
    }
}
