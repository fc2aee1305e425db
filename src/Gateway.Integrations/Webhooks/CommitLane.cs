using ComplianceGrid.Gateway.Inbox;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Inbox;
using ComplianceGrid.Storage.Sql;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ComplianceGrid.Gateway.Webhooks;

/// <summary>
/// Commits one batch after the other, and has the inbox begin on it at once where it has room. The first lane commits whatever has come, in its pace;
/// the others help when many wait, so that the database is busy while one waits for its disk.
/// </summary>
internal sealed partial class CommitLane(
    string name, bool isFirst, CommitQueue queue, CommitBatch commit, InboxLanes inbox, IOptions<IntakeOptions> options, TimeProvider time, ILogger<CommitLane> log)
    : GridLoop(name, TimeSpan.FromMilliseconds(10), time, log)
{
    private const int Tries = 3;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private readonly Pace _pace = new(Pace.OfCommits);
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(options.Value.CommitTimeoutSeconds);

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        if (isFirst) await _pace.BeginAsync(isBusy: !queue.HasMany, ct); // a vendor that sends one after the other does not mind either
        else await queue.ManyAsync(LongestWait, ct);
        var batch = await queue.TakeAsync(options.Value.MaxBatch, isFirst ? LongestWait : TimeSpan.Zero, ct);
        if (batch.Count == 0) return false;
        GatewayTelemetry.CommitBatch.Record(batch.Count);
        await CommitAsync(batch, ct);
        return true;
    }

    private async Task CommitAsync(List<CommitQueue.Pending> batch, CancellationToken ct)
    {
        try
        {
            var delivered = await TryAsync(batch.ConvertAll(p => p.Delivery), ct);
            foreach (var pending in batch) pending.Done.TrySetResult();
            for (var i = 0; i < batch.Count; i++) inbox.Take(batch[i].Delivery, delivered[i], ct);
        }
        catch (PostgresException e) when (IsDataError(e) && batch.Count > 1)
        {
            foreach (var one in batch) await CommitAsync([one], ct); // the poisoned one stands alone, its neighbours land
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            LogNotCommitted(e, batch.Count);
            foreach (var pending in batch) pending.Done.TrySetException(e is NpgsqlException ? e : new TimeoutException("The commit took too long."));
        }
        catch (Exception e)
        {
            foreach (var pending in batch) pending.Done.TrySetException(e); // else its sender would wait in vain
            throw;
        }
    }

    private async Task<IReadOnlyList<Delivered>> TryAsync(List<WebhookDelivery> batch, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limited.CancelAfter(_timeout);
            try
            {
                return await commit(batch, inbox.LeaseFor(batch.Count), limited.Token);
            }
            catch (PostgresException e) when (e.SqlState.StartsWith("40", StringComparison.Ordinal) && attempt < Tries)
            {
                // Rolled back in favour of a neighbour: the same batch again.
            }
        }
    }

    private static bool IsDataError(PostgresException e) => e.SqlState is [.. "22", _, _, _] or [.. "23", _, _, _];

    [LoggerMessage(3001, LogLevel.Warning, "{Count} webhooks were not committed; their senders are told to send again")]
    private partial void LogNotCommitted(Exception exception, int count);
}
