using ComplianceGrid.Silo.Ledger.Delivery;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;
using Npgsql;

namespace ComplianceGrid.Silo.Ledger.Archive;

/// <summary>
/// Archives every checkpoint that is consistent with the newest that is there: one that is not must never become what the guard
/// holds the log to.
/// </summary>
internal sealed class ArchiveTarget(CheckpointArchive archive, NpgsqlDataSource audit) : ICheckpointTarget
{
    public string Name => archive.Name;

    public bool TakesAll => true;

    public async Task<string> DeliverAsync(LogCheckpoint checkpoint, CancellationToken ct)
    {
        var newest = (await archive.NewestAsync(checkpoint.Tenant, checkpoint.Epoch, ct)).Newest;
        if (newest is not null && !await AgreesAsync(checkpoint, newest, ct))
            throw new CheckpointRefusedException(
                $"it does not agree with the checkpoint of {newest.Size} entries that is in the archive: the log was cut, rewritten or forked");
        return await archive.PutAsync(checkpoint, ct);
    }

    private Task<bool> AgreesAsync(LogCheckpoint one, LogCheckpoint other, CancellationToken ct)
    {
        var (older, newer) = other.IsNewerThan(one) ? (one, other) : (other, one);
        return LogConsistency.HoldsAsync(audit, one.Tenant, one.Epoch, (older.Size, older.Root), (newer.Size, newer.Root), ct);
    }
}
