using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>
/// A stored log's hashes: parts of full tiles, and of those that are still open. As <c>grid_auditor</c>, <c>grid_audit_notary</c>
/// or <c>grid_audit_writer</c>; one round trip for a proof.
/// </summary>
public sealed class LedgerHashes(NpgsqlDataSource audit, string tenant, int epoch) : IHashReader
{
    // Everything here goes by key, whatever the values: a plan made for them anew each time costs more than all the rest.
    private const string Scope = "SELECT set_config('app.tenant_id', $1, true), set_config('plan_cache_mode', 'force_generic_plan', true)";

    private const string ReadHead = """
        SELECT s.n, substring(h.frontier FROM 32 * s.place + 1 FOR 32)
          FROM unnest($4, $5) AS s (n, place)
          JOIN audit.log_head h ON h.tenant_id = $1 AND h.epoch = $2 AND h.size = $3
        """;

    // Of an open tile, level 0 stands in the rows, and each level above in the roots of the tiles below.
    private const string Read = """
        SELECT s.n, substring(t.hashes FROM 32 * s.first + 1 FOR 32 * s.count)
          FROM unnest($3, $4, $5, $6, $7) AS s (n, level, tile, first, count)
          JOIN audit.tile t ON t.tenant_id = $1 AND t.epoch = $2 AND t.level = s.level AND t.tile_index = s.tile
        """;

    private const string ReadOpen = """
        SELECT s.n, CASE WHEN s.level = 0
               THEN (SELECT string_agg(l.hash, '' ORDER BY l.leaf_index) FROM audit.leaf_hash l
                      WHERE l.tenant_id = $1 AND l.epoch = $2 AND l.leaf_index >= 256 * s.tile + s.first AND l.leaf_index < 256 * s.tile + s.first + s.count)
               ELSE (SELECT string_agg(t.root, '' ORDER BY t.tile_index) FROM audit.tile t
                      WHERE t.tenant_id = $1 AND t.epoch = $2 AND t.level = s.level - 1
                        AND t.tile_index >= 256 * s.tile + s.first AND t.tile_index < 256 * s.tile + s.first + s.count)
               END
          FROM unnest($3, $4, $5, $6, $7) AS s (n, level, tile, first, count)
        """;

    /// <exception cref="InvalidDataException">A hash is not there: the log is shorter than was asked for, or damaged.</exception>
    public async ValueTask<TreeHash[]> ReadAsync(IReadOnlyList<Subtree> subtrees, long? head = null, CancellationToken ct = default)
    {
        if (subtrees.Count == 0) return [];
        var hashes = await LostConnection.RepeatAsync(audit, () => ReadOnceAsync(subtrees, head, ct));
        if (head is not null && hashes.Contains(null)) hashes = await LostConnection.RepeatAsync(audit, () => ReadOnceAsync(subtrees, null, ct)); // no head has that size
        return [.. hashes.Select((hash, n) => hash ?? throw Missing(subtrees[n]))];
    }

    private async Task<TreeHash?[]> ReadOnceAsync(IReadOnlyList<Subtree> subtrees, long? head, CancellationToken ct)
    {
        // A tile that reaches beyond all that is asked for may still be open, and is looked for in both ways. One that does not is full.
        var end = subtrees.Max(subtree => subtree.End);
        int?[] places = [.. subtrees.Select(subtree => head is { } size ? subtree.PlaceInFrontier(size) : null)];
        int[] all = [.. Enumerable.Range(0, subtrees.Count)], placed = [.. all.Where(n => places[n] is not null)], tiled = [.. all.Except(placed)];
        int[] open = [.. tiled.Where(n => !subtrees[n].Slice.Tile.IsFull(end))];
        var hashes = new TreeHash?[subtrees.Count];
        await using var batch = audit.CreateBatch(); // one implicit transaction, in which the setting holds
        batch.BatchCommands.Add(new(Scope) { Parameters = { new NpgsqlParameter<string> { TypedValue = tenant } } });
        if (placed.Length > 0) batch.BatchCommands.Add(Places(head!.Value, placed, places));
        if (tiled.Length > 0) batch.BatchCommands.Add(Slices(Read, tiled, subtrees));
        if (open.Length > 0) batch.BatchCommands.Add(Slices(ReadOpen, open, subtrees));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        while (await reader.NextResultAsync(ct)) // the first result is the setting's
        {
            while (await reader.ReadAsync(ct))
            {
                var n = reader.GetInt32(0);
                var bytes = await reader.IsDBNullAsync(1, ct) ? [] : reader.GetFieldValue<byte[]>(1);
                var count = places[n] is null ? subtrees[n].Slice.Count : 1; // the frontier has the subtree's own hash
                if (bytes.Length == count * TreeHash.Size) hashes[n] ??= Tile.Root(TreeHash.Split(bytes));
            }
        }

        return hashes;
    }

    private NpgsqlBatchCommand Places(long size, int[] numbers, int?[] places) => new(ReadHead)
    {
        Parameters =
        {
            new NpgsqlParameter<string> { TypedValue = tenant }, new NpgsqlParameter<int> { TypedValue = epoch }, new NpgsqlParameter<long> { TypedValue = size },
            Column.Int(numbers, n => n), Column.Int(numbers, n => places[n]!.Value),
        },
    };

#pragma warning disable CA2100 // One of the constants above.
    private NpgsqlBatchCommand Slices(string sql, int[] numbers, IReadOnlyList<Subtree> subtrees) => new(sql)
#pragma warning restore CA2100
    {
        Parameters =
        {
            new NpgsqlParameter<string> { TypedValue = tenant }, new NpgsqlParameter<int> { TypedValue = epoch },
            Column.Int(numbers, n => n),
            Column.Int(numbers, n => subtrees[n].Slice.Tile.Level), Column.Long(numbers, n => subtrees[n].Slice.Tile.Index),
            Column.Int(numbers, n => subtrees[n].Slice.First), Column.Int(numbers, n => subtrees[n].Slice.Count),
        },
    };

    private InvalidDataException Missing(Subtree subtree) =>
        new($"The log {tenant}/{epoch} lacks leaves of {subtree.Index << subtree.Level} to {subtree.End}.");
}
