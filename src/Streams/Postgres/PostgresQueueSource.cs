using System.Text.Json;
using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Events.Reader;
using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Core.Failures;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Streams.Postgres;

/// <summary>
/// Open rows of one queue, ascending, from the oldest on. Whatever was open when the last reader stopped is read again.
/// </summary>
internal sealed partial class PostgresQueueSource(
    int queue, EventLogReader reader, FailedEvents failed, QueueHints hints, TimeSpan wait, TimeProvider time, ILogger log) : IQueueSource
{
    private long _last;
    private Task _grown = Task.CompletedTask; // ends when there may be more than was read

    public async Task<IReadOnlyList<StreamedEvent>> ReadAsync(int max, CancellationToken ct)
    {
        await WaitAsync(_grown, ct);
        var hint = hints.Next(queue);
        var rows = await reader.ReadOpenAsync(queue, _last, max, ct);
        var events = await TakeAsync(rows, ct);
        _grown = rows.Count < max ? hint : Task.CompletedTask;
        return events;
    }

    /// <summary>Rows are closed by the grain that saves them.</summary>
    public Task DeliveredAsync(long position, CancellationToken ct) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>For the hint, or the time after which one that was lost is not waited for.</summary>
    private async Task WaitAsync(Task hint, CancellationToken ct)
    {
        if (hint.IsCompleted) return;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(hint, Task.Delay(wait, time, timeout.Token));
        await timeout.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Advances past the rows only when each is either an event or parked.</summary>
    private async Task<IReadOnlyList<StreamedEvent>> TakeAsync(IReadOnlyList<OpenEvent> rows, CancellationToken ct)
    {
        var events = new List<StreamedEvent>(rows.Count);
        foreach (var row in rows)
        {
            if (Parse(row, out var fault) is { } e) events.Add(e);
            else await ParkAsync(row, fault!, ct);
        }

        if (rows.Count > 0) _last = rows[^1].Position;
        return events;
    }

    private StreamedEvent? Parse(OpenEvent row, out Exception? fault)
    {
        fault = null;
        try
        {
            var e = CloudEventJson.Read(row.Body);
            if (e.Namespace != row.Namespace || e.Key != row.StreamKey) throw new JsonException("The body is of another stream than its row.");
            return new(e with { LogPosition = new EventLogPosition(queue, row.Position) }, row.Attempt);
        }
        catch (Exception error) when (error is JsonException or FormatException or NotSupportedException)
        {
            fault = error;
            return null;
        }
    }

    private async Task ParkAsync(OpenEvent row, Exception fault, CancellationToken ct)
    {
        LogUnreadable(fault, row.Position, queue);
        await failed.ParkAsync(queue, row.Position, FailureReason.Of(fault), ct);
    }

    [LoggerMessage(5011, LogLevel.Error, "The body at {Position} of queue {Queue} is not an event; it is parked")]
    private partial void LogUnreadable(Exception fault, long position, int queue);
}
