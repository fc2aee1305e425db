namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>A log as its writer knows it between two appends. Not changed: an append makes the next.</summary>
/// <param name="Bytes">Of all its records.</param>
/// <param name="CreatedAt">Append time of the newest entry, which none may precede.</param>
/// <param name="Tail">The leaves after the last full tile; null: not known, to be read when they are needed.</param>
internal sealed record OpenLog(string Tenant, int Epoch, Frontier Frontier, long Bytes, DateTime CreatedAt, TreeHash[]? Tail)
{
    public long Size => Frontier.Size;

    /// <summary>Where the open tile begins.</summary>
    public long TailStart => Size - Size % Tile.Width;

    public LogHead Head => new(Tenant, Epoch, Size, Frontier.Root);
}
