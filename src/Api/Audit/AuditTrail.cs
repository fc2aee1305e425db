using System.Collections.Immutable;
using ComplianceGrid.Api.Grid;
using ComplianceGrid.Audit;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Audit;

/// <summary>
/// Hands entries to the ledger's grains. Per shard one call is under way at a time, and the next carries all that queued
/// meanwhile: no delay of its own when idle, large batches when busy.
/// </summary>
internal sealed class AuditTrail(IGrainFactory grains, GridConnection connection, IOptions<AuditTrailOptions> options, TimeProvider clock, ILogger<ShardQueue> log)
    : BackgroundService, IAuditTrail
{
    private readonly ShardQueue[] _shards = [.. Enumerable.Range(0, LedgerShards.Count).Select(shard => new ShardQueue(
        entries => grains.GetGrain<IAuditGrain>(shard).Append(entries), options.Value, clock, log))];

    public ValueTask WriteAsync(ImmutableArray<AuditEntry> entries)
    {
        connection.Require();
        // A request's entries are of one tenant, so of one shard.
        return entries.IsEmpty ? ValueTask.CompletedTask : new(_shards[LedgerShards.Of(entries[0].TenantId)].WriteAsync(entries));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_shards.Select(shard => shard.RunAsync(stoppingToken)));
}
