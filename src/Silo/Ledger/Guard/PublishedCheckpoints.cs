using ComplianceGrid.Silo.Ledger.Archive;
using ComplianceGrid.Silo.Ledger.Delivery;
using ComplianceGrid.Storage.Audit.Checkpoints;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Silo.Ledger.Guard;

/// <summary>
/// The newest checkpoint of a tenant that is known: in an archive, or in the database. A backup that was put back takes the
/// database's with it, the archive's not.
/// </summary>
internal sealed partial class PublishedCheckpoints(
    IReadOnlyList<CheckpointArchive> archives, CheckpointTable table, LedgerVerifier verifier, ILogger<PublishedCheckpoints> log)
{
    /// <returns>Null: nothing was published, or nothing of it can be read. An archive that is away holds nobody up: an alarm.</returns>
    public async Task<LogCheckpoint?> NewestAsync(string tenant, CancellationToken ct)
    {
        var (notes, delivered) = await table.NewestAsync(tenant, [.. archives.Select(archive => archive.Name)], ct);
        LogCheckpoint? archived = null;
        var all = true;
        foreach (var archive in archives)
        {
            if (await ReadAsync(archive, tenant, ct) is not { } reading) all = false;
            else if (Newer(archived, reading.Newest)) archived = reading.Newest;
        }

        if (all && delivered is { } told && (archived is null || (archived.Epoch, archived.Size).CompareTo(told) < 0))
            Alarm(() => LogLost(tenant, told.Epoch, told.Size));
        var stored = notes.Select(note => Verified(note, tenant)).FirstOrDefault(checkpoint => checkpoint is not null);
        return Newer(archived, stored) ? stored : archived;
    }

    private async Task<ArchiveReading?> ReadAsync(CheckpointArchive archive, string tenant, CancellationToken ct)
    {
        try
        {
            var reading = await archive.NewestAsync(tenant, epoch: null, ct);
            if (reading.Damaged.Count > 0) Alarm(() => LogDamaged(archive.Name, reading.Damaged[0], reading.Damaged.Count));
            return reading;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Alarm(() => LogAway(e, archive.Name, tenant));
            return null;
        }
    }

    private LogCheckpoint? Verified(string note, string tenant)
    {
        try
        {
            return verifier.Verify(SignedNote.Parse(note)) is { } checkpoint && checkpoint.Tenant == tenant ? checkpoint : null;
        }
        catch (NoteException e)
        {
            LogForged(tenant, e.Message);
            return null;
        }
    }

    private static bool Newer(LogCheckpoint? than, LogCheckpoint? one) => one is not null && (than is null || one.IsNewerThan(than));

    private static void Alarm(Action log)
    {
        DeliveryTelemetry.ArchiveAlarms.Add(1);
        log();
    }

    [LoggerMessage(350, LogLevel.Critical, "The archive {Archive} cannot be read: the log of {Tenant} is held to the database's own checkpoints alone.")]
    private partial void LogAway(Exception error, string archive, string tenant);

    [LoggerMessage(351, LogLevel.Critical, "The archive {Archive} was tampered with: {Name} is not the checkpoint that it should be; {Count} such.")]
    private partial void LogDamaged(string archive, string name, int count);

    [LoggerMessage(352, LogLevel.Critical, "The archive no longer has the checkpoint of {Size} entries of the log {Tenant}/{Epoch} that it confirmed.")]
    private partial void LogLost(string tenant, int epoch, long size);

    [LoggerMessage(353, LogLevel.Critical, "A checkpoint of {Tenant} in the database is not good: {Reason}")]
    private partial void LogForged(string tenant, string reason);
}
