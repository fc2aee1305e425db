using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;
using Npgsql;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>Exports a log as it stands at one instant, whole: it can be verified without any database. As <c>grid_auditor</c>.</summary>
/// <param name="ledger">The ledger's name: <see cref="LedgerOptions.Origin"/>.</param>
public sealed class LedgerExport(NpgsqlDataSource audit, string ledger)
{
    /// <summary>What is stored goes out as it is, also where it does not fit.</summary>
    /// <returns>Entries.</returns>
    public async Task<long> WriteAsync(LogName log, Stream to, CancellationToken ct = default)
    {
        await using var snapshot = await LogSnapshot.OpenAsync(audit, log.Tenant, log.Epoch, ct);
        var head = await PartSql.NewestHeadAsync(snapshot, ct);
        var epoch = (await PartSql.EpochsAsync(snapshot, ct)).FirstOrDefault(epoch => epoch.Epoch == log.Epoch);
        var writer = new ExportWriter(to);
        writer.Header(new()
        {
            Version = ExportHeader.CurrentVersion,
            Origin = LedgerOrigin.Of(ledger, log.Tenant, log.Epoch),
            Tenant = log.Tenant,
            Epoch = log.Epoch,
            Size = head?.Size ?? 0,
            Root = (head?.Root ?? MerkleHash.Empty).ToString(),
            BoundCheckpoint = epoch?.BoundNote,
        });
        await new LogWalk(snapshot, writer).RunAsync(ct);
        return writer.Entries;
    }
}
