using System.Collections.Concurrent;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.ServiceDefaults.Auditing.Refusals;

/// <summary>
/// Refusals of callers whom nobody knows: one entry per source, kind and minute with their number, so that a flood of requests is no
/// flood of entries. Each is durable before it is answered.
/// </summary>
public sealed class RefusalLedger : IDisposable
{
    /// <summary>Different tallies of one minute in memory; beyond it sources are counted together.</summary>
    private const int Most = 2_000;
    private const string ManySources = "*";
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<TallyKey, Tally> _tallies = new();
    private readonly AuditTrailOptions _options;
    private readonly TimeProvider _clock;

    public RefusalLedger(Spool spool, IOptions<AuditTrailOptions> options, TimeProvider clock)
    {
        (_options, _clock) = (options.Value, clock);
        Journal = new(spool, () => _tallies.Values);
    }

    internal TallyJournal Journal { get; }

    /// <summary>
    /// Whether an entry is counted with its like. A failed log-on of an account that exists never is: there each one counts (AC-7), and the
    /// account bounds their number.
    /// </summary>
    public static bool IsCounted(AuditEntry entry) =>
        !entry.Success && entry is { UserId: AuditEntry.Anonymous, Action: not AuditAction.LoginFailed };

    /// <summary>Returns when the refusal is durable.</summary>
    /// <param name="source">The sender's network (<see cref="SourceNetwork"/>).</param>
    /// <exception cref="GridException"><see cref="GridError.AuditNoRoom"/>.</exception>
    public async ValueTask RecordAsync(AuditEntry entry, string source)
    {
        var tally = Count(entry, _tallies.Count < Most ? source : ManySources);
        try
        {
            await Journal.WriteAsync(tally);
        }
        catch (SpoolException)
        {
            // Counted in memory it is at least, for a tenant who fails open.
            if (_options.Refuses(entry.TenantId)) throw new GridException(GridError.AuditNoRoom, "There is no room to put this on record. Try again.");
        }
    }

    /// <summary>Tallies whose minute is over, or all.</summary>
    internal List<Tally> Due(bool all)
    {
        var minute = MinuteOf(_clock.GetUtcNow());
        return [.. _tallies.Values.Where(tally => all || tally.Key.Minute < minute)];
    }

    /// <summary>Their entries are in the log.</summary>
    internal void Remove(IEnumerable<Tally> tallies)
    {
        foreach (var tally in tallies) _tallies.TryRemove(KeyValuePair.Create(tally.Key, tally));
        Journal.Renew();
    }

    public void Dispose() => Journal.Dispose();

    private Tally Count(AuditEntry entry, string source)
    {
        var key = new TallyKey(entry.TenantId, source, $"{entry.ErrorCode} {entry.Action} {entry.Resource}", MinuteOf(entry.Timestamp));
        while (true)
        {
            var tally = _tallies.GetOrAdd(key, static (key, first) => new Tally(key, first), entry);
            if (tally.TryCount(entry)) return tally;
            _tallies.TryRemove(KeyValuePair.Create(key, tally)); // it was closed while the host stops
        }
    }

    private static long MinuteOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / (long)Window.TotalSeconds;
}
