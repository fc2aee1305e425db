using System.Collections.Immutable;
using ComplianceGrid.Api.Grid;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;

namespace ComplianceGrid.Api.Audit;

/// <summary>The ledger's grains: a lane for each of its shards.</summary>
internal sealed class GrainSink(IGrainFactory grains, GridConnection connection) : IAuditSink
{
    public int Lanes => LedgerShards.Count;

    public int LaneOf(string tenant) => LedgerShards.Of(tenant);

    public async Task<IReadOnlyCollection<string>> AppendAsync(int lane, ImmutableArray<AuditEntry> entries, CancellationToken ct)
    {
        connection.Require();
        return await grains.GetGrain<IAuditGrain>(lane).TryAppend(entries).WaitAsync(ct);
    }
}
