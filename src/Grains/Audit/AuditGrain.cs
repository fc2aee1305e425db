using System.Collections.Immutable;
using ComplianceGrid.Storage.Audit;
using ComplianceGrid.Tenancy;
using Orleans.Concurrency;

namespace ComplianceGrid.Audit;

/// <summary>The one writer of a ledger shard. A second activation is harmless: one of two that append to a log loses its transaction.</summary>
[Reentrant]
internal sealed class AuditGrain : Grain, IAuditGrain
{
    private readonly GroupAppend append;

    private readonly IAuditStore store;

    public AuditGrain(IAuditStore store)
    {
        this.store = store;
        append = new(async entries => (await store.AppendAsync((int)this.GetPrimaryKeyLong(), entries)).RefusedTenants);
    }

    public async Task Append(ImmutableArray<AuditEntry> entries)
    {
        if (!(await append.AddAsync(entries)).IsEmpty)
            throw new GridException(GridError.Unavailable, "A log refuses to be appended to; nothing of its tenant's was written.");
    }

    public Task<ImmutableArray<string>> TryAppend(ImmutableArray<AuditEntry> entries) => append.AddAsync(entries);

    public async Task<ImmutableArray<string?>> OpenPersonal(string tenant, ImmutableArray<SealedPersonal> details) =>
        RequestContext.Get(CallContext.Tenant) as string == tenant
            ? [.. await store.OpenAsync(tenant, details)]
            : throw new GridException(GridError.OtherTenant, "The call's tenant is not the entries' tenant.");
}
