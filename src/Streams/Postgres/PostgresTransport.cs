using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Events.Reader;
using ComplianceGrid.Streams.Core;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ComplianceGrid.Streams.Postgres;

/// <summary>The event log itself as transport. A row is read until the grain that it was for has saved it.</summary>
internal sealed class PostgresTransport(NpgsqlDataSource database, QueueHints hints, PostgresStreamOptions options, TimeProvider time, ILoggerFactory loggers)
    : IStreamTransport
{
    private const int CountNoFurther = 50_000;

    private readonly EventLogReader _reader = new(database);
    private readonly FailedEvents _failed = new(database, time);

    /// <summary>Closed rows are history, not a stream to be read again: what a grain has saved it need not hear twice.</summary>
    public bool IsRewindable => false;

    public int QueueCount => EventQueues.Count;

    public int QueueOf(StreamId stream) => EventQueues.Of(stream.GetKeyAsString());

    public IQueueSource Open(int queue) =>
        new PostgresQueueSource(queue, _reader, _failed, hints, options.HintWait, time, loggers.CreateLogger<PostgresQueueSource>());

    public async Task AppendAsync(IReadOnlyList<ComplianceEvent> events, CancellationToken ct)
    {
        EventLogEntry[] entries = [.. events.Select(EventLogEntry.Of)];
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await EventLog.AppendAsync(connection, transaction, entries, ct);
        await transaction.CommitAsync(ct);
        foreach (var queue in entries.Select(entry => entry.Queue).Distinct()) hints.Raise(queue);
    }

    public async Task<FailureOutcome> SettleFailureAsync(EventLogPosition position, string reason, CancellationToken ct)
    {
        var outcome = await _failed.SettleAsync(position.Queue, position.Position, options.MaxAttempts, reason, ct);
        if (outcome == FailedEventOutcome.Republished) hints.Raise(position.Queue);
        return outcome switch
        {
            FailedEventOutcome.Republished => FailureOutcome.Republished,
            FailedEventOutcome.Parked => FailureOutcome.Parked,
            FailedEventOutcome.AlreadyClosed => FailureOutcome.AlreadySaved,
            _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
        };
    }

    public Task<IReadOnlyList<long>> UnsavedBelowAsync(int queue, long position, int max, CancellationToken ct) =>
        _reader.OpenBelowAsync(queue, position, max, ct);

    public Task<long> CountAfterAsync(int queue, long position, CancellationToken ct) =>
        _reader.CountOpenAsync(queue, position, CountNoFurther, ct);
}
