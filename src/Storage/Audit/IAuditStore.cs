using ComplianceGrid.Audit;

namespace ComplianceGrid.Storage.Audit;

/// <summary>Where a ledger shard appends its entries.</summary>
public interface IAuditStore
{
    /// <summary>Appends in one transaction. An entry whose id is already there is not written again.</summary>
    /// <param name="shard">The ledger shard of every entry's tenant; one writer per shard at a time, others wait.</param>
    /// <returns>How many entries were new.</returns>
    Task<int> AppendAsync(int shard, IReadOnlyCollection<AuditEntry> entries, CancellationToken ct = default);

    /// <summary>Makes the partitions of this month and of so many months after it (0 to 23).</summary>
    Task EnsurePartitionsAsync(int monthsAhead, CancellationToken ct = default);
}
