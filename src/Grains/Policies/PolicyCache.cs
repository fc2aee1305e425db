using System.Collections.Concurrent;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Policies;

/// <summary>
/// The policies in force, read once per silo and tenant and short while, not by a call per event. A grain that was evaluated with
/// an outdated one is found by the sweep, since its policy version is behind.
/// </summary>
internal sealed class PolicyCache(IGrainFactory grains, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<TenantId, Entry> _entries = new();

    /// <summary>The policy in force, or null; at most two seconds behind.</summary>
    public ValueTask<PolicyVersion?> GetAsync(TenantId tenant) =>
        _entries.TryGetValue(tenant, out var entry) && entry.Policy is not null && clock.GetElapsedTime(entry.ReadAt) < Fresh
            ? new(entry.Policy)
            : ReadAsync(tenant);

    /// <summary>The policy in force now: what a command is judged by, so that who publishes and then hires meets their own policy.</summary>
    public ValueTask<PolicyVersion?> GetLatestAsync(TenantId tenant) => ReadAsync(tenant);

    /// <summary>The policy in force; read anew when the one at hand is not newer than the version given.</summary>
    public ValueTask<PolicyVersion?> GetNewerAsync(TenantId tenant, int version) =>
        _entries.TryGetValue(tenant, out var entry) && entry.Policy?.Version > version && clock.GetElapsedTime(entry.ReadAt) < Fresh
            ? new(entry.Policy)
            : ReadAsync(tenant);

    private async ValueTask<PolicyVersion?> ReadAsync(TenantId tenant)
    {
        var readAt = clock.GetTimestamp();
        RequestContext.Set(CallContext.Tenant, tenant.Value); // a stream's delivery carries none
        var policy = await grains.GetGrain<ITenantPolicyGrain>(tenant.Value).GetInForce();
        _entries.AddOrUpdate(tenant, new Entry(policy, readAt), (_, known) => known.ReadAt > readAt ? known : new(policy, readAt));
        return policy;
    }

    private sealed record Entry(PolicyVersion? Policy, long ReadAt);
}
