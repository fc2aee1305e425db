using Npgsql;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>Heads, tiles and checkpoints of a snapshot's log, in the order of their keys.</summary>
internal static class PartSql
{
    private const int HeadsInPage = 4096, TilesInPage = 128, NotesInPage = 512, Levels = 8;

    private const string Heads = """
        SELECT prev_size, size, root, frontier, created_at FROM audit.log_head
         WHERE tenant_id = audit.tenant_in_scope() AND epoch = $1 AND size > $2 ORDER BY size LIMIT $3
        """;

    private const string Tiles = """
        SELECT tile_index, root, hashes FROM audit.tile
         WHERE tenant_id = audit.tenant_in_scope() AND epoch = $1 AND level = $4 AND tile_index > $2 ORDER BY tile_index LIMIT $3
        """;

    private const string Notes = """
        SELECT size, root, note FROM audit.checkpoint
         WHERE tenant_id = audit.tenant_in_scope() AND epoch = $1 AND size > $2 ORDER BY size LIMIT $3
        """;

    private const string Epochs = "SELECT epoch, origin, bound_checkpoint FROM audit.epoch WHERE tenant_id = audit.tenant_in_scope() ORDER BY epoch";

    public static Pages<StoredHead> HeadsOf(LogSnapshot log) => new((last, ct) => ReadAsync(Command(log, Heads, last?.Size ?? long.MinValue, HeadsInPage), row => new StoredHead(
        row.GetInt64(0), row.GetInt64(1), new(row.GetFieldValue<byte[]>(2)), row.GetFieldValue<byte[]>(3), StoredInstant.Text(row.GetDateTime(4))), ct));

    /// <summary>One for each level.</summary>
    public static Pages<StoredTile>[] TilesOf(LogSnapshot log) => [.. Enumerable.Range(0, Levels).Select(level => new Pages<StoredTile>((last, ct) =>
        ReadAsync(Command(log, Tiles, last?.Id.Index ?? long.MinValue, TilesInPage, level), row => new StoredTile(
            new(level, row.GetInt64(0)), new(row.GetFieldValue<byte[]>(1)), row.GetFieldValue<byte[]>(2)), ct)))];

    public static Pages<StoredNote> NotesOf(LogSnapshot log) => new((last, ct) => ReadAsync(Command(log, Notes, last?.Stated?.Size ?? long.MinValue, NotesInPage), row => new StoredNote(
        row.GetString(2), (row.GetInt64(0), new(row.GetFieldValue<byte[]>(1)))), ct));

    public static async Task<StoredHead?> NewestHeadAsync(LogSnapshot log, CancellationToken ct)
    {
        const string newest = "SELECT prev_size, size, root, frontier, created_at FROM audit.log_head WHERE tenant_id = audit.tenant_in_scope() AND epoch = $1 ORDER BY size DESC LIMIT 1";
        var heads = await ReadAsync(new NpgsqlCommand(newest, log.Rest) { Parameters = { new NpgsqlParameter<int> { TypedValue = log.Epoch } } }, row => new StoredHead(
            row.GetInt64(0), row.GetInt64(1), new(row.GetFieldValue<byte[]>(2)), row.GetFieldValue<byte[]>(3), StoredInstant.Text(row.GetDateTime(4))), ct);
        return heads.FirstOrDefault();
    }

    /// <summary>All of the tenant's: few.</summary>
    public static Task<IReadOnlyList<StoredEpoch>> EpochsAsync(LogSnapshot log, CancellationToken ct) =>
        ReadAsync(new NpgsqlCommand(Epochs, log.Rest), row => new StoredEpoch(row.GetInt32(0), row.GetString(1), row.GetString(2)), ct);

#pragma warning disable CA2100 // The constants above.
    private static NpgsqlCommand Command(LogSnapshot log, string sql, long after, int limit, int? level = null)
    {
        var command = new NpgsqlCommand(sql, log.Rest)
#pragma warning restore CA2100
        {
            Parameters =
            {
                new NpgsqlParameter<int> { TypedValue = log.Epoch }, new NpgsqlParameter<long> { TypedValue = after }, new NpgsqlParameter<int> { TypedValue = limit },
            },
        };
        if (level is { } number) command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        return command;
    }

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        await using var _ = command;
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<T> rows = [];
        while (await reader.ReadAsync(ct)) rows.Add(read(reader));
        return rows;
    }
}
