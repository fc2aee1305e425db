using System.Text.Json;
using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Events.Reader;
using ComplianceGrid.Streams.Core.Failures;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Streams.Log;

/// <summary>A row and the event that it holds, with its place in the log.</summary>
internal sealed record OpenRow(OpenEvent Row, ComplianceEvent Event);

/// <summary>
/// Open rows of one queue of the event log, ascending. A row whose body is no event is parked on the way. Not thread-safe: one
/// call at a time.
/// </summary>
/// <param name="after">Rows up to here are not read; 0: from the oldest on.</param>
internal sealed partial class OpenRows(
    int queue, long after, EventLogReader reader, FailedEvents failed, QueueHints hints, TimeSpan wait, TimeProvider time, ILogger log)
{
    private long _last = after;
    private Task _grown = Task.CompletedTask; // ends when there may be more than was read

    /// <summary>The highest position read.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>The next rows; when the last read found fewer than it asked for, it waits a little for more. Throws without having advanced.</summary>
    public async Task<IReadOnlyList<OpenRow>> ReadAsync(int max, CancellationToken ct)
    {
        await WaitAsync(_grown, ct);
        var hint = hints.Next(queue);
        var rows = await reader.ReadOpenAsync(queue, _last, max, ct);
        var events = await TakeAsync(rows, ct);
        _grown = rows.Count < max ? hint : Task.CompletedTask;
        return events;
    }

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
    private async Task<IReadOnlyList<OpenRow>> TakeAsync(IReadOnlyList<OpenEvent> rows, CancellationToken ct)
    {
        var events = new List<OpenRow>(rows.Count);
        foreach (var row in rows)
        {
            if (Parse(row, out var fault) is { } e) events.Add(new(row, e));
            else await ParkAsync(row, fault!, ct);
        }

        if (rows.Count > 0) Volatile.Write(ref _last, rows[^1].Position);
        return events;
    }

    private ComplianceEvent? Parse(OpenEvent row, out Exception? fault)
    {
        fault = null;
        try
        {
            var e = CloudEventJson.Read(row.Body);
            if (e.Namespace != row.Namespace || e.Key != row.StreamKey) throw new JsonException("The body is of another stream than its row.");
            return e with { LogPosition = new EventLogPosition(queue, row.Position) };
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
