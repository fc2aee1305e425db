using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events.Reader;
using ComplianceGrid.Streams.Core;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ComplianceGrid.Streams.Log;

/// <summary>What every transport does with the event log, which holds the last copy of an event whoever carries it.</summary>
internal sealed class LogAccess(NpgsqlDataSource database, QueueHints hints, GridStreamOptions options, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    private const int CountNoFurther = 50_000;

    private readonly EventLogReader _reader = new(database);

    public NpgsqlDataSource Database => database;

    public QueueHints Hints => hints;

    public FailedEvents Failed { get; } = new(database, time);

    /// <param name="after">Rows up to here are not read; 0: from the oldest on.</param>
    public OpenRows Read(int queue, long after) => new(queue, after, _reader, Failed, hints, options.HintWait, time, loggers.CreateLogger<OpenRows>());

    /// <summary>Republishes the row with its attempt counted on, or parks it when the attempts are used up.</summary>
    public async Task<FailureOutcome> SettleAsync(EventLogPosition position, string reason, CancellationToken ct)
    {
        var outcome = await Failed.SettleAsync(position.Queue, position.Position, options.MaxAttempts, reason, ct);
        if (outcome == FailedEventOutcome.Republished) hints.Raise(position.Queue);
        return outcome switch
        {
            FailedEventOutcome.Republished => FailureOutcome.Republished,
            FailedEventOutcome.Parked => FailureOutcome.Parked,
            FailedEventOutcome.AlreadyClosed => FailureOutcome.AlreadySaved,
            _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
        };
    }

    public Task<IReadOnlyList<long>> OpenBelowAsync(int queue, long position, int max, CancellationToken ct) =>
        _reader.OpenBelowAsync(queue, position, max, ct);

    public Task<long> LastPositionAsync(int queue, CancellationToken ct) => _reader.LastPositionAsync(queue, ct);

    public Task<long> CountOpenAsync(int queue, long after, CancellationToken ct) => _reader.CountOpenAsync(queue, after, CountNoFurther, ct);

    public ValueTask DisposeAsync() => _reader.DisposeAsync();
}
