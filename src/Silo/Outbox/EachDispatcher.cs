using System.Collections.Concurrent;
using System.Diagnostics;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Silo.Outbox;

/// <summary>Hands messages over one by one, several at a time, each in its tenant's name and its own trace; one that fails delays no other.</summary>
internal abstract partial class EachDispatcher(OutboxStore store, ILogger log) : IOutboxDispatcher
{
    private const int AtOnce = 16;
    private static readonly ActivitySource Source = new("ComplianceGrid.Silo");

    public async Task<IReadOnlyCollection<Guid>> DispatchAsync(IReadOnlyList<ClaimedMessage> messages, CancellationToken ct)
    {
        var handedOver = new ConcurrentBag<Guid>();
        await Parallel.ForEachAsync(messages, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (claimed, cancel) =>
        {
            if (await TryAsync(claimed, cancel)) handedOver.Add(claimed.Message.Id);
        });
        return handedOver;
    }

    protected abstract Task HandOverAsync(OutboxMessage message, CancellationToken ct);

    private async Task<bool> TryAsync(ClaimedMessage claimed, CancellationToken ct)
    {
        var message = claimed.Message;
        using var activity = message.TraceParent is null ? null : Source.StartActivity($"relay {message.Kind}", ActivityKind.Producer, message.TraceParent);
        RequestContext.Set(CallContext.Tenant, message.Tenant);
        RequestContext.Set(CallContext.Actor, "system:relay");
        RequestContext.Set(CallContext.ActorRole, "system");
        try
        {
            await HandOverAsync(message, ct);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            LogFailed(e, message.Id, message.Kind, claimed.Attempt);
            await store.FailAsync(claimed, e is GridException refusal ? $"GRID-{(int)refusal.Error}" : e.GetType().Name, CancellationToken.None);
            return false;
        }
    }

    [LoggerMessage(310, LogLevel.Warning, "Message {Id} ({Kind}) was not handed over at attempt {Attempt}.")]
    private partial void LogFailed(Exception e, Guid id, string kind, int attempt);
}
