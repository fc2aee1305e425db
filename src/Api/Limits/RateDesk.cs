using ComplianceGrid.Limits;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Limits;

/// <summary>Asks the grid for leases, and knows when it does not answer: then each process goes on by itself, and tries again once a second.</summary>
internal sealed class RateDesk(IRateSource source, TimeProvider clock, IOptions<RateLimitOptions> options)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Guid _holder = Guid.CreateVersion7(clock.GetUtcNow());
    private volatile bool _away;
    private long _failedAt;

    public TimeProvider Clock => clock;

    /// <summary>How long a request waits for an answer at most.</summary>
    public TimeSpan Patience { get; } = TimeSpan.FromSeconds(options.Value.PatienceSeconds);

    /// <summary>The last that was asked got no answer.</summary>
    public bool IsAway => _away;

    public bool MayAsk => !_away || clock.GetElapsedTime(Interlocked.Read(ref _failedAt)) >= Pause;

    /// <summary>Somebody has waited for as long as one waits.</summary>
    public void GiveUp()
    {
        Interlocked.Exchange(ref _failedAt, clock.GetTimestamp());
        _away = true;
    }

    /// <returns>Null: there was no answer.</returns>
    public async Task<RateGrant?> AskAsync(RateKey key, RateQuota quota, long number, long held, long upTo)
    {
        try
        {
            var grant = await source.AskAsync(key, new() { Holder = _holder, Limit = quota.Limit, Window = quota.Window, Number = number, Held = held, UpTo = upTo });
            _away = false;
            return grant;
        }
        catch (Exception error) when (error is GridException or OrleansException or TimeoutException or OperationCanceledException)
        {
            GiveUp();
            RateTelemetry.Unanswered.Add(1);
            return null;
        }
    }
}
