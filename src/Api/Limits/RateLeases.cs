using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Limits;

/// <summary>The counts that this process has a part of. Bounded: who comes when there is no room shares one count with all who do.</summary>
internal sealed class RateLeases
{
    /// <summary>Counts at once: some 40 MB.</summary>
    public const int Most = 100_000;

    private readonly ConcurrentDictionary<RateKey, RateLease> _leases = new();
    private readonly RateDesk _desk;
    private readonly RateQuota[] _quotas;
    private readonly RateLease[] _crowds;
    private readonly double _aloneShare;
    private long _sweptAt;

    public RateLeases(RateDesk desk, IOptions<RateLimitOptions> options)
    {
        var (it, window) = (options.Value, TimeSpan.FromSeconds(options.Value.WindowSeconds));
        (_desk, _aloneShare) = (desk, it.AloneShare);
        _quotas = [new("user", it.User, window), new("client", it.Client, window), new("tenant", it.Tenant, window), new("address", it.Address, window)];
        _crowds = [.. Enum.GetValues<RateKind>().Select(kind => NewLease(new(kind, null, "crowd")))];
        _sweptAt = desk.Clock.GetTimestamp();
    }

    public RateLease Of(RateKey key)
    {
        if (_leases.TryGetValue(key, out var lease)) return lease;
        if (_desk.Clock.GetElapsedTime(Interlocked.Read(ref _sweptAt)) >= _quotas[0].Window) Sweep();
        return _leases.Count < Most ? _leases.GetOrAdd(key, NewLease) : _crowds[(int)key.Kind];
    }

    private RateLease NewLease(RateKey key) => new(key, _quotas[(int)key.Kind], _desk, _aloneShare);

    private void Sweep()
    {
        Interlocked.Exchange(ref _sweptAt, _desk.Clock.GetTimestamp());
        foreach (var (key, lease) in _leases)
        {
            if (lease.IsOver) _leases.TryRemove(key, out _);
        }
    }
}
