using System.Collections.Immutable;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Storage.Audit;

/// <summary>Where a ledger shard appends its entries.</summary>
public interface IAuditStore
{
    /// <summary>Appends in one transaction. An entry whose id is in its tenant's log already is not written again. Personal detail is sealed.</summary>
    /// <param name="shard">The ledger shard of every entry's tenant; one batch of a shard at a time, others wait.</param>
    /// <exception cref="Exception">The store is away, or the outcome is not known: send the entries again.</exception>
    Task<AppendOutcome> AppendAsync(int shard, IReadOnlyList<AuditEntry> entries, CancellationToken ct = default);

    /// <summary>Opens sealed personal detail of one tenant's entries.</summary>
    /// <returns>In the order asked: the JSON object in clear; null when the person was erased.</returns>
    /// <exception cref="Encryption.SealBrokenException">A detail is not what was sealed for its entry: an anomaly.</exception>
    ValueTask<string?[]> OpenAsync(string tenant, IReadOnlyList<SealedPersonal> sealedDetails, CancellationToken ct = default);

    /// <summary>Makes the partitions of this month and of so many months after it (0 to 23).</summary>
    Task EnsurePartitionsAsync(int monthsAhead, CancellationToken ct = default);
}

/// <param name="Written">How many entries were new.</param>
/// <param name="RefusedTenants">Whose logs refuse to be appended to: of theirs nothing was written.</param>
public sealed record AppendOutcome(int Written, ImmutableArray<string> RefusedTenants);
