using System.Threading.RateLimiting;
using ComplianceGrid.Api.Security;
using ComplianceGrid.ServiceDefaults.Problems;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Http;

internal static class RateLimits
{
    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddRateLimiter(_ => { });
        builder.Services.AddOptions<RateLimiterOptions>().Configure<IOptions<RateLimitOptions>>((limiter, limits) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
                RateLimitPartition.GetTokenBucketLimiter(PartitionOf(context), _ => BucketOf(limits.Value)));
            limiter.OnRejected = (rejected, _) => new ValueTask(GridProblems.WriteAsync(rejected.HttpContext, GridError.TooManyRequests,
                "Too many requests with this token. Wait for as many seconds as Retry-After says.",
                rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1));
        });
    }

    // By who the token says its bearer is, once it is known to be good: a made-up token must not open a bucket of its own.
    private static string PartitionOf(HttpContext context) =>
        context.FindCaller() is { } caller ? $"{caller.Tenant}/{caller.User}" : $"@{context.ClientAddress()}";

    private static TokenBucketRateLimiterOptions BucketOf(RateLimitOptions limits)
    {
        var period = TimeSpan.FromMilliseconds(100);
        return new()
        {
            TokenLimit = limits.Burst,
            ReplenishmentPeriod = limits.PerSecond < 10 ? TimeSpan.FromSeconds(1) : period,
            TokensPerPeriod = limits.PerSecond < 10 ? limits.PerSecond : limits.PerSecond / 10,
            QueueLimit = 0,
        };
    }
}
