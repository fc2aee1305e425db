using System.Collections.Concurrent;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Identity.Sessions;

/// <summary>Tells sessions that something was done in them: each at most once a minute, and none on a request's own way.</summary>
internal sealed class SessionActivity(ISessions sessions, TimeProvider clock, ILogger<SessionActivity> log) : GridLoop(LoopName, Look, clock, log)
{
    public const string LoopName = "session-activity";

    /// <summary>Sessions remembered at once. Past them an activity is not reported, and the session may end idle too early.</summary>
    public const int Most = 100_000;

    private const int AtOnce = 16;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<SessionKey, Activity> _seen = new();
    private readonly TimeProvider _clock = clock;

    public void Seen(SessionKey key)
    {
        if (!_seen.TryGetValue(key, out var activity))
        {
            if (_seen.Count >= Most)
            {
                SessionTelemetry.Unreported.Add(1);
                return;
            }

            activity = _seen.GetOrAdd(key, _ => new());
        }

        activity.Last = _clock.GetUtcNow();
    }

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        foreach (var (key, activity) in _seen)
        {
            if (activity.IsReported && IsOver(activity)) _seen.TryRemove(KeyValuePair.Create(key, activity)); // seen at this very moment: another minute counts
        }

        var due = _seen.Where(seen => !seen.Value.IsReported && IsOver(seen.Value));
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (seen, _) =>
        {
            var at = seen.Value.Last;
            await sessions.TouchAsync(seen.Key, at);
            (seen.Value.Reported, seen.Value.ReportedAt) = (at, _clock.GetTimestamp());
        });
        return false;
    }

    private bool IsOver(Activity activity) => activity.ReportedAt is not { } at || _clock.GetElapsedTime(at) >= Every;

    private sealed class Activity
    {
        private long _last;

        /// <summary>Written by every request, read by the loop.</summary>
        public DateTimeOffset Last
        {
            get => new(Interlocked.Read(ref _last), TimeSpan.Zero);
            set => Interlocked.Exchange(ref _last, value.UtcTicks);
        }

        public DateTimeOffset Reported { get; set; }
        public long? ReportedAt { get; set; }
        public bool IsReported => Last == Reported;
    }
}
