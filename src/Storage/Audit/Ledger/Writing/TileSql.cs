using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>The statements on <c>audit.tile</c>, and on the leaves that are in none yet.</summary>
internal static class TileSql
{
    private const string Insert = """
        INSERT INTO audit.tile (tenant_id, epoch, level, tile_index, root, hashes)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6)
        """;

    private const string Roots = """
        SELECT root FROM audit.tile WHERE tenant_id = $1 AND epoch = $2 AND level = $3 AND tile_index >= $4 AND tile_index < $5
         ORDER BY tile_index
        """;

    private const string Tails = """
        SELECT t.tenant_id, sha256('\x00'::bytea || a.record)
          FROM unnest($1, $2, $3, $4) AS t (tenant_id, epoch, first, size)
          JOIN audit.audit_log a ON a.tenant_id = t.tenant_id AND a.epoch = t.epoch AND a.leaf_index >= t.first AND a.leaf_index < t.size
         ORDER BY t.tenant_id, a.leaf_index
        """;

    /// <summary>The given tiles of level 0, and every tile above that they complete.</summary>
    public static async Task InsertAsync(NpgsqlConnection connection, IReadOnlyList<Grown> logs, CancellationToken ct)
    {
        List<FullTile> tiles = [.. logs.SelectMany(log => log.Tiles)];
        if (tiles.Count == 0) return;
        foreach (var log in logs.Where(log => log.Tiles.Count > 0)) await AddParentsAsync(connection, log, tiles, ct);
        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                Column.Text(tiles, tile => tile.Tenant), Column.Int(tiles, tile => tile.Epoch), Column.Int(tiles, tile => tile.Id.Level),
                Column.Long(tiles, tile => tile.Id.Index), Column.Bytes(tiles, tile => tile.Root.ToArray()), Column.Bytes(tiles, tile => tile.Hashes),
            },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The leaves of each log's open tile.</summary>
    public static async Task<ILookup<string, TreeHash>> ReadTailsAsync(NpgsqlConnection connection, IReadOnlyList<OpenLog> logs, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Tails, connection)
        {
            Parameters =
            {
                Column.Text(logs, log => log.Tenant), Column.Int(logs, log => log.Epoch),
                Column.Long(logs, log => log.TailStart), Column.Long(logs, log => log.Size),
            },
        };
        List<(string Tenant, TreeHash Hash)> leaves = [];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) leaves.Add((reader.GetString(0), new(reader.GetFieldValue<byte[]>(1))));
        return leaves.ToLookup(leaf => leaf.Tenant, leaf => leaf.Hash, StringComparer.Ordinal);
    }

    // The tile above is complete with its last child: once in 65,536 entries, so its other hashes are read, not kept.
    private static async Task AddParentsAsync(NpgsqlConnection connection, Grown log, List<FullTile> tiles, CancellationToken ct)
    {
        var children = log.Tiles;
        while (children.Count > 0)
        {
            List<FullTile> parents = [];
            foreach (var last in children.Where(child => child.Id.Index % Tile.Width == Tile.Width - 1))
            {
                var first = last.Id.Index - (Tile.Width - 1);
                var made = children.Where(child => child.Id.Index >= first && child.Id.Index <= last.Id.Index).ToList();
                var stored = await ReadRootsAsync(connection, last, first, made[0].Id.Index, ct);
                parents.Add(FullTile.Of(log.After, last.Id.Level + 1, last.Id.Parent.Index, [.. stored, .. made.Select(child => child.Root)]));
            }

            tiles.AddRange(parents);
            children = parents;
        }
    }

    private static async Task<List<TreeHash>> ReadRootsAsync(NpgsqlConnection connection, FullTile tile, long first, long end, CancellationToken ct)
    {
        List<TreeHash> roots = [];
        if (first == end) return roots;
        await using var command = new NpgsqlCommand(Roots, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = tile.Tenant }, new NpgsqlParameter<int> { TypedValue = tile.Epoch },
                new NpgsqlParameter<int> { TypedValue = tile.Id.Level }, new NpgsqlParameter<long> { TypedValue = first }, new NpgsqlParameter<long> { TypedValue = end },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) roots.Add(new(reader.GetFieldValue<byte[]>(0)));
        return roots;
    }
}
