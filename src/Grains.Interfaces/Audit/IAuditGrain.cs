using System.Collections.Immutable;

namespace ComplianceGrid.Audit;

/// <summary>One ledger shard, the one writer of its tenants' logs. Key: the shard's number (<see cref="LedgerShards"/>).</summary>
[Alias("IAuditGrain")]
public interface IAuditGrain : IGrainWithIntegerKey
{
    /// <summary>Returns when every entry is durable. An entry whose id is already there is not written again.</summary>
    [Alias("Append")] Task Append(ImmutableArray<AuditEntry> entries);

    /// <summary>As <see cref="Append"/>, but one tenant's log that takes nothing does not hold up the others.</summary>
    /// <returns>
    /// The tenants whose logs refuse to be appended to: no entry of theirs was written, send them again later. Every other entry is durable.
    /// </returns>
    [Alias("TryAppend")] Task<ImmutableArray<string>> TryAppend(ImmutableArray<AuditEntry> entries);

    /// <summary>Opens sealed personal detail of one tenant's entries, which must be the call's tenant.</summary>
    /// <returns>In the order asked: the JSON object in clear; null when the person was erased.</returns>
    [Alias("OpenPersonal")] Task<ImmutableArray<string?>> OpenPersonal(string tenant, ImmutableArray<SealedPersonal> details);
}

/// <summary>An entry's personal detail as the log holds it.</summary>
/// <param name="Sealed">The <c>sealed</c> member of the entry's record, decoded.</param>
[GenerateSerializer, Immutable, Alias("SealedPersonal")]
public sealed record SealedPersonal([property: Id(0)] Guid EntryId, [property: Id(1)] string PersonId, [property: Id(2)] ImmutableArray<byte> Sealed);
