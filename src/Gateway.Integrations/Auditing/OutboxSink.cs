using System.Collections.Immutable;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;
using ComplianceGrid.Storage.Inbox;

namespace ComplianceGrid.Gateway.Auditing;

/// <summary>The grid's outbox, from which the silos take entries to the ledger.</summary>
internal sealed class OutboxSink(AuditOutbox outbox) : IAuditSink
{
    public int Lanes => 1;

    public int LaneOf(string tenant) => 0;

    public async Task<IReadOnlyCollection<string>> AppendAsync(int lane, ImmutableArray<AuditEntry> entries, CancellationToken ct)
    {
        await outbox.InsertAsync(entries, ct);
        return [];
    }
}
