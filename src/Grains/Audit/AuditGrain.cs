using System.Collections.Immutable;
using ComplianceGrid.Storage.Audit;
using Orleans.Concurrency;

namespace ComplianceGrid.Audit;

/// <summary>The one writer of a ledger shard. A second activation is harmless: the store locks the shard.</summary>
[Reentrant]
internal sealed class AuditGrain : Grain, IAuditGrain
{
    private readonly GroupAppend append;

    public AuditGrain(IAuditStore store) => append = new(entries => store.AppendAsync((int)this.GetPrimaryKeyLong(), entries));

    public Task Append(ImmutableArray<AuditEntry> entries) => append.AddAsync(entries);
}
