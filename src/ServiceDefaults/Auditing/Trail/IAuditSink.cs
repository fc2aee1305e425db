using System.Collections.Immutable;
using ComplianceGrid.Audit;

namespace ComplianceGrid.ServiceDefaults.Auditing.Trail;

/// <summary>Where a host's entries go: the ledger's grains, or the outbox.</summary>
public interface IAuditSink
{
    /// <summary>Lanes that are written side by side, 0 to this.</summary>
    int Lanes { get; }

    int LaneOf(string tenant);

    /// <summary>Returns when the entries are durable; one that is there already is not written again.</summary>
    /// <returns>The tenants whose logs take nothing now: their entries were not written.</returns>
    Task<IReadOnlyCollection<string>> AppendAsync(int lane, ImmutableArray<AuditEntry> entries, CancellationToken ct);
}
