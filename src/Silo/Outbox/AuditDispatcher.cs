using System.Collections.Immutable;
using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Outbox;

namespace ComplianceGrid.Silo.Outbox;

/// <summary>
/// Audit entries, a batch at a time, to their ledger shard; the ledger knows an entry by its id. Those of a log that refuses to be
/// appended to wait here.
/// </summary>
internal sealed class AuditDispatcher(IGrainFactory grains, OutboxStore store) : IOutboxDispatcher
{
    public async Task<IReadOnlyCollection<Guid>> DispatchAsync(IReadOnlyList<ClaimedMessage> messages, CancellationToken ct)
    {
        var entries = messages.Select(claimed => EntryOf(claimed.Message)).ToImmutableArray();
        var refused = await grains.GetGrain<IAuditGrain>(messages[0].Message.Shard).TryAppend(entries);
        if (refused.IsEmpty) return [.. messages.Select(claimed => claimed.Message.Id)];

        var waiting = messages.Where((_, n) => refused.Contains(entries[n].TenantId)).ToList();
        await store.FailAsync(waiting, "log refuses", ct);
        return [.. messages.Except(waiting).Select(claimed => claimed.Message.Id)];
    }

    private static AuditEntry EntryOf(OutboxMessage message) =>
        JsonSerializer.Deserialize<AuditEntry>(message.Body, GridJson.Options)! with { Sealed = message.Sealed };
}
