using System.Collections.Immutable;
using ComplianceGrid.Placement;
using ComplianceGrid.Storage.Audit;
using ComplianceGrid.Storage.Sql;
using ComplianceGrid.Tenancy;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Concurrency;

namespace ComplianceGrid.Audit;

/// <summary>The one writer of a ledger shard. A second activation is harmless: one of two that append to a log loses its transaction.</summary>
[Reentrant, AuditSilos]
internal sealed partial class AuditGrain : Grain, IAuditGrain
{
    private readonly GroupAppend append;
    private readonly IAuditStore store;
    private readonly ILogger<AuditGrain> log;

    public AuditGrain(IAuditStore store, ILogger<AuditGrain> log)
    {
        (this.store, this.log) = (store, log);
        append = new(WriteAsync, new(Pace.OfCommits));
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

    /// <summary>The database's own exceptions cannot leave this process: a caller would read of a missing codec.</summary>
    private async Task<ImmutableArray<string>> WriteAsync(IReadOnlyList<AuditEntry> entries)
    {
        try
        {
            return (await store.AppendAsync((int)this.GetPrimaryKeyLong(), entries)).RefusedTenants;
        }
        catch (Exception error) when ((error as NpgsqlException ?? error.InnerException) is NpgsqlException cause)
        {
            LogNotTaken(entries.Count, cause.SqlState, cause.Message);
            throw new GridException(GridError.Unavailable, "The audit database did not take the entries.");
        }
    }

    [LoggerMessage(311, LogLevel.Warning, "The audit database did not take {Entries} entries: {SqlState} {Reason}. Who sent them keeps them.")]
    private partial void LogNotTaken(int entries, string? sqlState, string reason);
}
