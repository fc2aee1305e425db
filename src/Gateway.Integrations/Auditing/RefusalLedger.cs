using System.Collections.Concurrent;
using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Gateway.Webhooks.Limits;
using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.Storage;

namespace ComplianceGrid.Gateway.Auditing;

/// <summary>
/// Counts refusals per source, reason and minute: the first is an entry at once, the rest of the minute is one more with
/// their number, so that a flood of bad requests is not a flood of entries.
/// </summary>
internal sealed class RefusalLedger(TimeProvider time)
{
    /// <summary>Different sources in memory; beyond it they are counted together.</summary>
    private const int MostTallies = 10_000;
    private const string ManySources = "*";

    private readonly ConcurrentDictionary<Key, Tally> _tallies = new();

    public void Record(HttpContext http, string? tenant, string resource, string vendor, GridError error)
    {
        var now = time.GetUtcNow();
        var source = _tallies.Count < MostTallies ? IntakeLimits.Network(http.Connection.RemoteIpAddress) : ManySources;
        var key = new Key(source, tenant ?? AuditEntry.SystemTenant, resource, vendor, error, now.ToUnixTimeSeconds() / 60);
        var tally = _tallies.GetOrAdd(key, _ => new(now, GridProblems.RequestIdOf(http), AgentText.Of(http.Request.Headers.UserAgent)));
        Interlocked.Increment(ref tally.Count);
    }

    /// <summary>What is to be written now; after it was written, <see cref="Written"/>.</summary>
    public List<Report> Due(bool all)
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        var due = new List<Report>();
        foreach (var (key, tally) in _tallies)
        {
            var fresh = Interlocked.Read(ref tally.Count) - tally.Reported;
            var over = key.Minute < minute;
            if (fresh == 0 && over) _tallies.TryRemove(key, out _);
            if (fresh > 0 && (tally.Reported == 0 || over || all)) due.Add(new(key, tally, fresh, Entry(key, tally, fresh)));
        }

        return due;
    }

    public static void Written(IEnumerable<Report> reports)
    {
        foreach (var report in reports) report.Tally.Reported += report.Count;
    }

    private AuditEntry Entry(Key key, Tally tally, long count) => new()
    {
        Id = Guid.CreateVersion7(time.GetUtcNow()),
        Timestamp = tally.First,
        TenantId = key.Tenant,
        UserId = "anonymous",
        UserRole = "none",
        Action = key.Resource == "webhooks" ? AuditAction.WebhookReceived : AuditAction.AccessDenied,
        Resource = key.Resource,
        IpAddress = key.Source,
        UserAgent = tally.UserAgent,
        RequestId = tally.RequestId,
        Details = JsonSerializer.Serialize(new { vendor = key.Vendor, count }, GridJson.Options),
        Success = false,
        ErrorCode = GridProblems.CodeOf(key.Error),
    };

    internal sealed record Key(string Source, string Tenant, string Resource, string Vendor, GridError Error, long Minute);

    internal sealed class Tally(DateTimeOffset first, string requestId, string? userAgent)
    {
        public DateTimeOffset First => first;
        public string RequestId => requestId;
        public string? UserAgent => userAgent;
        public long Count;
        public long Reported;
    }

    internal sealed record Report(Key Key, Tally Tally, long Count, AuditEntry Entry);
}
