using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Log;

namespace ComplianceGrid.Streams.Postgres;

/// <summary>The event log itself as transport. A row is read until the grain that it was for has saved it.</summary>
internal sealed class PostgresTransport(LogAccess log) : IStreamTransport
{
    /// <summary>Closed rows are history, not a stream to be read again: what a grain has saved it need not hear twice.</summary>
    public bool IsRewindable => false;

    public int QueueCount => EventQueues.Count;

    public int QueueOf(StreamId stream) => EventQueues.Of(stream.GetKeyAsString());

    public IQueueSource Open(int queue) => new PostgresQueueSource(queue, log);

    public async Task AppendAsync(IReadOnlyList<ComplianceEvent> events, CancellationToken ct)
    {
        EventLogEntry[] entries = [.. events.Select(EventLogEntry.Of)];
        await using var connection = await log.Database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await EventLog.AppendAsync(connection, transaction, entries, ct);
        await transaction.CommitAsync(ct);
        foreach (var queue in entries.Select(entry => entry.Queue).Distinct()) log.Hints.Raise(queue);
    }

    public Task<FailureOutcome> SettleDeliveryAsync(int queue, StreamedEvent failed, string reason, CancellationToken ct) =>
        log.SettleAsync(new(queue, failed.Position), reason, ct);

    public Task<FailureOutcome> SettleUnsavedAsync(EventLogPosition position, string reason, CancellationToken ct) => log.SettleAsync(position, reason, ct);

    public Task<IReadOnlyList<long>> UnsavedBelowAsync(int queue, long position, int max, CancellationToken ct) =>
        log.OpenBelowAsync(queue, position, max, ct);
}
