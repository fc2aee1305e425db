using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Gateway.Webhooks.Limits;

/// <summary>Token buckets per source address and per connection; buckets that stand full are dropped.</summary>
internal sealed class IntakeLimits(IOptions<IntakeOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _sources = Buckets(options.Value.SourcePerSecond, options.Value.SourceBurst);
    private readonly PartitionedRateLimiter<string> _connections = Buckets(options.Value.ConnectionPerSecond, options.Value.ConnectionBurst);

    public Refusal? TrySource(IPAddress? source) => Try(_sources, Network(source));

    public Refusal? TryConnection(string connection) => Try(_connections, connection);

    public void Dispose()
    {
        _sources.Dispose();
        _connections.Dispose();
    }

    /// <summary>A source is an IPv4 address or an IPv6 /64, which one sender holds whole.</summary>
    internal static string Network(IPAddress? address)
    {
        if (address is null) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    private static Refusal? Try(PartitionedRateLimiter<string> limiter, string key)
    {
        using var lease = limiter.AttemptAcquire(key);
        if (lease.IsAcquired) return null;
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
        return new(GridError.TooManyRequests, "Too many webhooks at once. Send again later.", Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)));
    }

    private static PartitionedRateLimiter<string> Buckets(int perSecond, int burst) => PartitionedRateLimiter.Create<string, string>(
        key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new()
        {
            TokenLimit = burst,
            TokensPerPeriod = Math.Max(1, perSecond / 10),
            ReplenishmentPeriod = TimeSpan.FromSeconds(perSecond < 10 ? 1.0 / perSecond : 0.1),
            QueueLimit = 0,
        }));
}
