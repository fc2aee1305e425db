using System.Collections.Immutable;

namespace ComplianceGrid.Audit;

/// <summary>One ledger shard, the one writer of its tenants' logs. Key: the shard's number (<see cref="LedgerShards"/>).</summary>
[Alias("IAuditGrain")]
public interface IAuditGrain : IGrainWithIntegerKey
{
    /// <summary>Returns when every entry is durable. An entry whose id is already there is not written again.</summary>
    [Alias("Append")] Task Append(ImmutableArray<AuditEntry> entries);
}
