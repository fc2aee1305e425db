using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Gateway.Inbox;

/// <summary>Section <c>Inbox</c>: how webhooks are worked on.</summary>
internal sealed class InboxOptions
{
    public const string Section = "Inbox";

    /// <summary>Rows worked on at a time. Each waits for its vendor and for its commit, which costs no core.</summary>
    [Range(1, 256)]
    public int Lanes { get; set; } = 64;

    /// <summary>Seconds that a row is ours; longer than three tries of ten seconds with their pauses.</summary>
    [Range(0.1, 3600)]
    public double LeaseSeconds { get; set; } = 60;

    [Range(0.01, 60)]
    public double PollSeconds { get; set; } = 1;

    /// <summary>Tries after which a row is parked with its error: with the pauses below about three hours.</summary>
    [Range(1, 1000)]
    public int MaxAttempts { get; set; } = 25;

    /// <summary>Seconds before the second try; doubles with each further one, with up to 20 % of jitter.</summary>
    [Range(0.001, 3600)]
    public double FirstDelaySeconds { get; set; } = 1;

    [Range(0.001, 86400)]
    public double LongestDelaySeconds { get; set; } = 600;

    /// <summary>Seconds to wait while the vendor's breaker is open; such a wait is no try.</summary>
    [Range(0.01, 3600)]
    public double BreakerDelaySeconds { get; set; } = 5;
}
