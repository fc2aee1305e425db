using System.Collections.Concurrent;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Identity;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Identity.ApiKeys;

/// <summary>Writes when keys were last used: each at most once a minute, and none on a request's own way. What a killed process had not written yet is lost.</summary>
internal sealed class ApiKeyUse(ApiKeyStore keys, TimeProvider clock, ILogger<ApiKeyUse> log) : GridLoop(LoopName, Every, clock, log)
{
    public const string LoopName = "api-key-use";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Coarse = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, Use> _uses = new();
    private readonly TimeProvider _clock = clock;

    /// <summary>Of a key that is good: there are as many as tenants have made.</summary>
    public void Seen(TenantId tenant, Guid key) => _uses.GetOrAdd(key, static (_, tenant) => new(tenant), tenant).At = _clock.GetUtcNow();

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var now = _clock.GetUtcNow();
        foreach (var (key, use) in _uses)
        {
            var at = use.At;
            if (use.Written is { } written && now - written < Coarse) continue;
            if (use.Written != at) await keys.UsedAsync(use.Tenant, key, at, ct);
            else if (now - at > Coarse) _uses.TryRemove(KeyValuePair.Create(key, use)); // used at this very moment: the next use tells
            use.Written = at;
        }

        return false;
    }

    private sealed class Use(TenantId tenant)
    {
        private long _at;

        public TenantId Tenant => tenant;

        /// <summary>Written by every request, read by the loop.</summary>
        public DateTimeOffset At
        {
            get => new(Interlocked.Read(ref _at), TimeSpan.Zero);
            set => Interlocked.Exchange(ref _at, value.UtcTicks);
        }

        public DateTimeOffset? Written { get; set; }
    }
}
