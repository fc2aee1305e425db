using ComplianceGrid.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Gateway.Inbox;

/// <summary>Pauses between tries: doubling, capped, with up to 20 % of jitter so that rows that failed together do not return together.</summary>
internal sealed class Backoff(IOptions<InboxOptions> options, Jitter jitter)
{
    public TimeSpan After(int failures)
    {
        var o = options.Value;
        var pause = Math.Min(o.LongestDelaySeconds, o.FirstDelaySeconds * Math.Pow(2, Math.Min(failures, 30)));
        return TimeSpan.FromSeconds(pause * (1 + (0.2 * jitter.Next())));
    }
}
