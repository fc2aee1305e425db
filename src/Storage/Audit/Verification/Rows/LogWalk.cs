namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>Takes a log's parts in the order in which they came to be: a tile before its leaves, a head or note behind the last of its entries.</summary>
internal interface ILogVisitor
{
    void Tile(StoredTile tile);

    void Row(StoredRow row);

    void Head(StoredHead head);

    void Note(StoredNote note);

    /// <summary>Now and then, where the visitor may wait.</summary>
    ValueTask PauseAsync(CancellationToken ct);
}

/// <summary>Goes once through a stored log, leaf by leaf.</summary>
internal sealed class LogWalk(LogSnapshot log, ILogVisitor visitor)
{
    private const int RowsBetweenPauses = 256; // a tile's

    private readonly Pages<StoredHead> _heads = PartSql.HeadsOf(log);
    private readonly Pages<StoredNote> _notes = PartSql.NotesOf(log);
    private readonly Pages<StoredTile>[] _tiles = PartSql.TilesOf(log);
    private long _nextHead, _nextNote;

    public async Task RunAsync(CancellationToken ct)
    {
        var count = 0L;
        await using var rows = await log.RowsAsync(ct);
        await PartsAsync(count, ct);
        await TilesAsync(count, ct);
        while (await rows.ReadAsync(ct))
        {
            visitor.Row(rows.Current);
            count++;
            if (count >= _nextHead || count >= _nextNote) await PartsAsync(count, ct);
            if (count % RowsBetweenPauses != 0) continue;
            await TilesAsync(count, ct);
            await visitor.PauseAsync(ct);
        }

        await PartsAsync(long.MaxValue, ct); // those that speak of more than there is
        await TilesAsync(long.MaxValue, ct);
        await visitor.PauseAsync(ct);
    }

    private async ValueTask PartsAsync(long size, CancellationToken ct)
    {
        StoredHead? head;
        while ((head = await _heads.PeekAsync(ct)) is not null && head.Size <= size)
        {
            visitor.Head(head);
            _heads.Pass();
        }

        StoredNote? note;
        while ((note = await _notes.PeekAsync(ct)) is not null && note.Stated!.Value.Size <= size)
        {
            visitor.Note(note);
            _notes.Pass();
        }

        (_nextHead, _nextNote) = (head?.Size ?? long.MaxValue, note?.Stated!.Value.Size ?? long.MaxValue);
    }

    private async ValueTask TilesAsync(long size, CancellationToken ct)
    {
        foreach (var level in _tiles)
        {
            while (await level.PeekAsync(ct) is { } tile && tile.Start <= size)
            {
                visitor.Tile(tile);
                level.Pass();
            }
        }
    }
}
