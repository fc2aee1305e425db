using System.Collections.Immutable;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Api.Audit;

/// <summary>Where entries go that ride in no grain's transaction: reads, refusals, failures. A spool on disk slots in here.</summary>
internal interface IAuditTrail
{
    /// <summary>Returns when every entry is durable.</summary>
    /// <exception cref="GridException"><see cref="GridError.Unavailable"/>: they are not, or not known to be, within the time allowed.</exception>
    ValueTask WriteAsync(ImmutableArray<AuditEntry> entries);
}
