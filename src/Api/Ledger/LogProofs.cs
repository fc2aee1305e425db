using ComplianceGrid.Api.Http;
using ComplianceGrid.Storage.Audit.Ledger;
using Npgsql;

namespace ComplianceGrid.Api.Ledger;

/// <summary>Proofs of one tenant's logs, from stored hashes, read as <c>grid_auditor</c>.</summary>
internal sealed class LogProofs([FromKeyedServices("Audit")] NpgsqlDataSource audit)
{
    public static GridException Empty => new(GridError.NotFound, "The log has no entries.");

    /// <param name="epoch">Null: the tenant's newest log.</param>
    /// <exception cref="GridException"><see cref="GridError.NotFound"/>: there is none.</exception>
    public async Task<LogHead> LogAsync(string tenant, int? epoch, CancellationToken ct) =>
        await LogHeads.NewestAsync(audit, tenant, epoch, ct) ?? throw Empty;

    public async Task<IReadOnlyList<string>> InclusionAsync(string tenant, int epoch, long index, long size, CancellationToken ct) =>
        [.. (await Proofs.InclusionAsync(new LedgerHashes(audit, tenant, epoch), index, size, ct)).Select(hash => hash.ToString())];

    /// <exception cref="GridException"><see cref="GridError.Invalid"/>: the log never had these sizes.</exception>
    public async Task<IReadOnlyList<string>> ConsistencyAsync(LogHead log, long from, long to, CancellationToken ct)
    {
        if (to > log.Size) throw Fields.Refuse("to", string.Create(null, $"be at most {log.Size}, the log's size"));
        if (from > to) throw Fields.Refuse("from", "be at most to");
        return [.. (await Proofs.ConsistencyAsync(new LedgerHashes(audit, log.Tenant, log.Epoch), from, to, ct)).Select(hash => hash.ToString())];
    }
}
