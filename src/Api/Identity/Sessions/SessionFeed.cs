using System.Collections.Concurrent;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Sessions;

namespace ComplianceGrid.Api.Identity.Sessions;

/// <summary>
/// The ends of sessions, as this process has read them. What it says holds as of the moment at which its last good read <i>began</i>,
/// by the monotonic clock: a process that was stopped in between knows that it knows nothing.
/// </summary>
internal sealed partial class SessionFeed(SessionEnds ends, TimeProvider clock, ILogger<SessionFeed> log) : GridLoop(LoopName, Every, clock, log)
{
    public const string LoopName = "session-feed";

    /// <summary>Longer than any access token lives.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<Guid, long> _ended = new();
    private readonly Queue<(Guid Session, long ReadAt)> _order = new();
    private readonly TimeProvider _clock = clock;
    private long? _next; // the last number that was read, read again each time; null: begin anew
    private Guid? _last; // whose end that was
    private long _good = long.MinValue;

    public bool HasEnded(Guid session) => _ended.ContainsKey(session);

    /// <summary>Since the last good read began; the longest span there is when none has.</summary>
    public TimeSpan Age => Interlocked.Read(ref _good) is var good && good == long.MinValue ? TimeSpan.MaxValue : _clock.GetElapsedTime(good);

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var began = _clock.GetTimestamp();
        if (_next is null) (_next, _last) = (await ends.BeforeRecentAsync(Kept, ct), null);
        var rows = await ends.FromAsync(_next.Value, ct);
        Take(rows, began);
        if (rows.Count == SessionEnds.Page) return true;
        Interlocked.Exchange(ref _good, began);
        Forget();
        return false;
    }

    /// <exception cref="InvalidOperationException">A number is missing, or the last one read is not there as it was: begin anew.</exception>
    private void Take(IReadOnlyList<SessionEndRow> rows, long began)
    {
        var expected = Math.Max(1, _next!.Value);
        if (_next > 0 && rows.Count == 0) Refuse(expected);
        foreach (var row in rows)
        {
            if (row.Number != expected || (row.Number == _next && _last is not null && row.Session != _last)) Refuse(expected);
            if (_ended.TryAdd(row.Session, began)) _order.Enqueue((row.Session, began));
            expected++;
        }

        if (rows.Count > 0) (_next, _last) = (rows[^1].Number, rows[^1].Session);
    }

    private void Refuse(long number)
    {
        _next = null;
        Interlocked.Exchange(ref _good, long.MinValue);
        SessionTelemetry.Broken.Add(1);
        LogBroken(number);
        throw new InvalidOperationException("The feed of sessions' ends is not whole.");
    }

    private void Forget()
    {
        while (_order.TryPeek(out var oldest) && _clock.GetElapsedTime(oldest.ReadAt) > Kept)
        {
            _order.Dequeue();
            _ended.TryRemove(oldest.Session, out _);
        }
    }

    [LoggerMessage(360, LogLevel.Error, "The feed of sessions' ends has no number {Number}, or another session there: every session is asked for until it is whole.")]
    private partial void LogBroken(long number);
}
