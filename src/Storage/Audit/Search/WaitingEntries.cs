using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.Storage.Sql;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Storage.Audit.Search;

/// <summary>A tenant's audit entries that wait in the grid's outbox for their log. As <c>grid_api</c>, who sees how many and since when.</summary>
public sealed class WaitingEntries
{
    /// <summary>Counted at most.</summary>
    public const int Most = 100_000;

    private const string Waiting = """
        SELECT count(*), min(created_at)
          FROM (SELECT created_at FROM grid.outbox WHERE kind = 'audit' AND shard = $2 AND tenant_id = $1 LIMIT $3) waiting
        """;

    private readonly TenantReader _reader;

    internal WaitingEntries(TenantReader reader) => _reader = reader;

    /// <returns>How many, <see cref="Most"/> at most, and when the oldest came; null: none waits.</returns>
    public async Task<(long Count, DateTimeOffset? Oldest)> CountAsync(TenantId tenant, CancellationToken ct) =>
        (await _reader.ReadAsync(tenant, row => (row.GetInt64(0), row.IsDBNull(1) ? default(DateTimeOffset?) : row.GetFieldValue<DateTimeOffset>(1)), ct,
            new Query(Waiting, Parameters.Text(tenant.Value), Parameters.Integer(LedgerShards.Of(tenant.Value)), Parameters.Integer(Most))).ConfigureAwait(false))[0];
}
