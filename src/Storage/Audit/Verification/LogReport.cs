using ComplianceGrid.Storage.Audit.Ledger;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>What a verification of one log saw, up to its end or to the first misfit.</summary>
/// <param name="Origin">The log's name.</param>
/// <param name="Size">Entries.</param>
/// <param name="Root">Computed over them.</param>
/// <param name="Checkpoints">Stored ones whose signature and root fit.</param>
/// <param name="Covered">Entries that the newest of all checkpoints speaks for; null: there is none.</param>
/// <param name="Misfit">Null: everything fits.</param>
public sealed record LogReport(
    string Origin, long Size, TreeHash Root, long Heads, long Tiles, long Checkpoints, long? Covered, TimeSpan Elapsed, Misfit? Misfit)
{
    public bool Fits => Misfit is null;

    public double EntriesPerSecond => Elapsed > TimeSpan.Zero ? Size / Elapsed.TotalSeconds : 0;
}
