using System.Net;
using System.Threading.RateLimiting;
using ComplianceGrid.ServiceDefaults.Auditing.Refusals;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Gateway.Webhooks.Limits;

/// <summary>Token buckets per source address and per connection; buckets that stand full are dropped.</summary>
internal sealed class IntakeLimits(IOptions<IntakeOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _sources = Buckets(options.Value.SourcePerSecond, options.Value.SourceBurst);
    private readonly PartitionedRateLimiter<string> _connections = Buckets(options.Value.ConnectionPerSecond, options.Value.ConnectionBurst);

    public Refusal? TrySource(IPAddress? source) => Try(_sources, SourceNetwork.Of(source));

    public Refusal? TryConnection(string connection) => Try(_connections, connection);

    public void Dispose()
    {
        _sources.Dispose();
        _connections.Dispose();
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
