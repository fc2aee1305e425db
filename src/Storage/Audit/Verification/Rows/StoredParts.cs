using ComplianceGrid.Storage.Audit.Ledger;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <param name="Frontier">Null: not known, as in an export.</param>
/// <param name="CreatedAt">As a record writes it.</param>
internal sealed record StoredHead(long PrevSize, long Size, TreeHash Root, byte[]? Frontier, string CreatedAt);

internal sealed record StoredTile(TileId Id, TreeHash Root, byte[] Hashes)
{
    /// <summary>The first leaf under it.</summary>
    public long Start => Id.Index << (Tile.Height * (Id.Level + 1));
}

/// <param name="Stated">What the columns beside the note say; null: there are none, as in an export.</param>
internal sealed record StoredNote(string Note, (long Size, TreeHash Root)? Stated);

/// <summary>A row of <c>audit.epoch</c>.</summary>
internal sealed record StoredEpoch(int Epoch, string Origin, string BoundNote);
