using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace ComplianceGrid.ServiceDefaults.Http;

/// <summary>The one HTTP resilience definition, outermost step first: retry, rate, breaker, time of a try.</summary>
internal static class GridResilience
{
    public const int Tries = 3;
    public const int FailuresToOpen = 5;
    public static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(30);

    public static void Build(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, GridHttpOptions options, Jitter jitter) => pipeline
        .AddRetry(new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = Tries - 1,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Randomizer = jitter.Next,
            Delay = TimeSpan.FromSeconds(options.FirstDelaySeconds),
            ShouldHandle = args => ValueTask.FromResult(IsTransient(args.Outcome) && MayRepeat(args.Context.GetRequestMessage())),
        })
        .AddRateLimiter(new TokenBucketRateLimiter(new()
        {
            TokenLimit = options.RequestsPerSecond,
            TokensPerPeriod = Math.Max(1, options.RequestsPerSecond / 10),
            ReplenishmentPeriod = TimeSpan.FromSeconds(options.RequestsPerSecond < 10 ? 1.0 / options.RequestsPerSecond : 0.1),
            QueueLimit = options.QueueLimit,
        }))
        .AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions
        {
            // Nothing but failures: opens at the fifth. Failures among successes: when they are half of the last 30 s.
            MinimumThroughput = FailuresToOpen,
            FailureRatio = 0.5,
            SamplingDuration = OpenFor,
            BreakDuration = OpenFor,
            ShouldHandle = args => ValueTask.FromResult(IsFailure(args.Outcome)),
        })
        .AddTimeout(TimeSpan.FromSeconds(options.TimeoutSeconds));

    private static bool IsTransient(Outcome<HttpResponseMessage> outcome) =>
        IsFailure(outcome) || outcome.Result?.StatusCode is HttpStatusCode.TooManyRequests;

    // "Slow down" (429) is an answer of a healthy vendor: it is waited for, and opens no breaker.
    private static bool IsFailure(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is HttpRequestException or TimeoutRejectedException
        || outcome.Result is { StatusCode: >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout };

    private static bool MayRepeat(HttpRequestMessage? request) =>
        request is not null
        && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Options
            || request.Headers.Contains(GridHttpClientExtensions.IdempotencyKey));
}
