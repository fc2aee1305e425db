using System.Collections.Immutable;
using ComplianceGrid.Storage.Audit.Notes;
using Npgsql;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>One of a ledger's logs.</summary>
public readonly record struct LogName(string Tenant, int Epoch);

/// <summary>
/// Recomputes stored logs from their rows: leaves, tree, heads, tiles, columns, checkpoints, epochs. One pass in the order of the
/// leaves, in bounded memory, as <c>grid_auditor</c>.
/// </summary>
/// <param name="ledger">The ledger's name: <see cref="LedgerOptions.Origin"/>.</param>
/// <param name="keys">Those that sign its checkpoints, or once did.</param>
public sealed class LedgerVerification(NpgsqlDataSource audit, string ledger, ImmutableArray<VerifierKey> keys, TimeProvider time)
{
    private const string Names = "SELECT tenant_id, epoch FROM audit.logs() WHERE $1 IS NULL OR tenant_id = $1 ORDER BY tenant_id, epoch";

    /// <summary>Every log that anything stored speaks of.</summary>
    /// <param name="tenant">Null: of all tenants.</param>
    public async Task<IReadOnlyList<LogName>> LogsAsync(string? tenant, CancellationToken ct = default)
    {
        await using var command = audit.CreateCommand(Names);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = tenant, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<LogName> logs = [];
        while (await reader.ReadAsync(ct)) logs.Add(new(reader.GetString(0), reader.GetInt32(1)));
        return logs;
    }

    /// <param name="shown">A checkpoint of this log that was kept elsewhere, its signature verified; null: none.</param>
    /// <param name="progress">Is told how many entries were read, now and then.</param>
    public async Task<LogReport> VerifyAsync(LogName log, Checkpoint? shown = null, IProgress<long>? progress = null, CancellationToken ct = default)
    {
        await using var snapshot = await LogSnapshot.OpenAsync(audit, log.Tenant, log.Epoch, ct);
        return await VerificationRun.RunAsync(LedgerOrigin.Of(ledger, log.Tenant, log.Epoch), time, async () => await TermsAsync(snapshot, log, shown, ct), async check =>
        {
            var visitor = new StoredLogVisitor(check, await snapshot.PartitionsAsync(ct), progress);
            await new LogWalk(snapshot, visitor).RunAsync(ct);
        });
    }

    private async Task<LogTerms> TermsAsync(LogSnapshot snapshot, LogName log, Checkpoint? shown, CancellationToken ct)
    {
        var origin = LedgerOrigin.Of(ledger, log.Tenant, log.Epoch);
        var epochs = await PartSql.EpochsAsync(snapshot, ct);
        var own = epochs.FirstOrDefault(epoch => epoch.Epoch == log.Epoch);
        if (log.Epoch < 0 || (log.Epoch > 0 && own is null)) throw Unfit($"there is no epoch {log.Epoch}");
        if (own is not null && own.Origin != origin) throw Unfit($"the epoch's origin is not {origin}");
        var bindings = epochs.Select(epoch => new ShownCheckpoint(Bound(epoch, log.Tenant), $"that epoch {epoch.Epoch} is bound to"));
        return new()
        {
            Tenant = log.Tenant,
            Epoch = log.Epoch,
            Origin = origin,
            HasTiles = true,
            Keys = keys,
            BoundNote = own?.BoundNote,
            Shown = [.. bindings.Where(bound => bound.Checkpoint.Origin == origin), .. shown is null ? [] : new[] { new ShownCheckpoint(shown, "that was shown") }],
        };
    }

    private Checkpoint Bound(StoredEpoch epoch, string tenant)
    {
        try
        {
            return NoteCheck.ReadBound(epoch.BoundNote, ledger, tenant, epoch.Epoch, keys);
        }
        catch (NoteException error)
        {
            throw Unfit($"the checkpoint that epoch {epoch.Epoch} is bound to is not good: {error.Message}");
        }
    }

    private static MisfitException Unfit(string what) => new(new(null, null, what));
}
