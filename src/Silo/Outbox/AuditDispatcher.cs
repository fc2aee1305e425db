using System.Collections.Immutable;
using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Outbox;

namespace ComplianceGrid.Silo.Outbox;

/// <summary>Audit entries, a batch at a time, to their ledger shard; the ledger knows an entry by its id.</summary>
internal sealed class AuditDispatcher(IGrainFactory grains) : IOutboxDispatcher
{
    public async Task<IReadOnlyCollection<Guid>> DispatchAsync(IReadOnlyList<ClaimedMessage> messages, CancellationToken ct)
    {
        var entries = messages.Select(claimed => JsonSerializer.Deserialize<AuditEntry>(claimed.Message.Body, GridJson.Options)!).ToImmutableArray();
        await grains.GetGrain<IAuditGrain>(messages[0].Message.Shard).Append(entries);
        return [.. messages.Select(claimed => claimed.Message.Id)];
    }
}
