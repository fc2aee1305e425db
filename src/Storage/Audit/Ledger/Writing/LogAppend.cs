namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>Entries of one tenant on their way into its log.</summary>
/// <param name="log">As it was before.</param>
internal sealed class LogAppend(OpenLog log, IReadOnlyList<LedgerEntry> entries, DateTime now)
{
    public OpenLog Log { get; } = log;

    /// <summary>Now, but never before the newest entry.</summary>
    public DateTime CreatedAt { get; } = log.CreatedAt > now ? log.CreatedAt : now;

    public LogAppend WithTail(TreeHash[] tail) => new(Log with { Tail = tail }, entries, now);

    public bool FillsTile => Log.Size % Tile.Width + entries.Count >= Tile.Width;

    public Grown Grow(RecordWriter records)
    {
        var frontier = Log.Frontier.Copy();
        var rows = new LedgerRow[entries.Count];
        List<TreeHash>? open = Log.Tail is { } tail ? [.. tail] : Log.Size == Log.TailStart ? [] : null;
        List<FullTile> tiles = [];
        for (var i = 0; i < rows.Length; i++)
        {
            var record = records.Write(entries[i], Log.Epoch, CreatedAt);
            rows[i] = new(entries[i], Log.Epoch, frontier.Size, CreatedAt, record);
            var leaf = MerkleHash.Leaf(record);
            frontier.Append(leaf);
            open?.Add(leaf);
            if (frontier.Size % Tile.Width != 0) continue;
            if (open is null) throw new InvalidOperationException("A tile cannot be filled: its first leaves are not known.");
            tiles.Add(FullTile.Of(Log, 0, frontier.Size / Tile.Width - 1, [.. open]));
            open.Clear();
        }

        return new(Log, rows, tiles, Log with { Frontier = frontier, Bytes = Log.Bytes + rows.Sum(row => (long)row.Record.Length), CreatedAt = CreatedAt, Tail = open?.ToArray() });
    }
}

/// <param name="Tiles">Those of level 0; the levels above follow from them.</param>
internal sealed record Grown(OpenLog Before, LedgerRow[] Rows, List<FullTile> Tiles, OpenLog After);

internal sealed record LedgerRow(LedgerEntry Entry, int Epoch, long Index, DateTime CreatedAt, byte[] Record);

internal sealed record FullTile(string Tenant, int Epoch, TileId Id, TreeHash Root, byte[] Hashes)
{
    public static FullTile Of(OpenLog log, int level, long index, TreeHash[] hashes) =>
        new(log.Tenant, log.Epoch, new(level, index), Tile.Root(hashes), TreeHash.Join(hashes));
}
