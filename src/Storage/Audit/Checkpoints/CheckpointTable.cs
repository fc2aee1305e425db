using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Audit.Checkpoints;

/// <summary>What the database says was published of a tenant's logs. As <c>grid_audit_writer</c>.</summary>
public sealed class CheckpointTable(NpgsqlDataSource audit)
{
    /// <summary>Rows that are looked at: one that nobody's key signed must not hide those below it.</summary>
    private const int Newest = 16;

    private const string Notes = "SELECT note FROM audit.checkpoint WHERE tenant_id = $1 ORDER BY epoch DESC, size DESC LIMIT $2";

    private const string Delivered =
        "SELECT epoch, size FROM audit.checkpoint_delivery WHERE tenant_id = $1 AND target = ANY ($2) ORDER BY epoch DESC, size DESC LIMIT 1";

    private const string NewestSize = "SELECT max(size) FROM audit.checkpoint WHERE tenant_id = $1 AND epoch = $2";

    /// <returns>The notes, newest first; and which checkpoint was the newest that one of the targets confirmed.</returns>
    public async Task<(IReadOnlyList<string> Notes, (int Epoch, long Size)? Delivered)> NewestAsync(
        string tenant, IReadOnlyCollection<string> targets, CancellationToken ct)
    {
        await using var batch = audit.CreateBatch();
        batch.BatchCommands.Add(new(Notes) { Parameters = { Text(tenant), new NpgsqlParameter<int> { TypedValue = Newest } } });
        batch.BatchCommands.Add(new(Delivered)
        {
            Parameters = { Text(tenant), new NpgsqlParameter<string[]> { TypedValue = [.. targets], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } },
        });
        List<string> notes = [];
        await using var reader = await batch.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) notes.Add(reader.GetString(0));
        await reader.NextResultAsync(ct);
        return (notes, await reader.ReadAsync(ct) ? (reader.GetInt32(0), reader.GetInt64(1)) : null);
    }

    /// <summary>The largest size of which a checkpoint of the log is stored; 0: none is.</summary>
    public async Task<long> NewestSizeAsync(string tenant, int epoch, CancellationToken ct)
    {
        await using var command = audit.CreateCommand(NewestSize);
        command.Parameters.Add(Text(tenant));
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = epoch });
        return await command.ExecuteScalarAsync(ct) is long size ? size : 0;
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };
}
