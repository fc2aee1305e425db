using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Api.Limits;

/// <summary>Section <c>RateLimits</c>: requests in a window, counted over all Api processes. The same in each of them.</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>Seconds of a window.</summary>
    [Range(1, 3600)]
    public int WindowSeconds { get; set; } = 60;

    /// <summary>Of one person in one tenant.</summary>
    [Range(1, 1_000_000_000)]
    public long User { get; set; } = 30_000;

    /// <summary>Of one application or service (<c>client_id</c>) in one tenant, whoever uses it.</summary>
    [Range(1, 1_000_000_000)]
    public long Client { get; set; } = 60_000;

    /// <summary>Of all of a tenant's.</summary>
    [Range(1, 1_000_000_000)]
    public long Tenant { get; set; } = 120_000;

    /// <summary>Of one network address (an IPv4 address, or an IPv6 /64) without a valid token, and to the endpoints that hand out tokens.</summary>
    [Range(1, 1_000_000_000)]
    public long Address { get; set; } = 30_000;

    /// <summary>Share of each limit that one process lets through by itself while the grid does not answer.</summary>
    [Range(0.001, 1.0)]
    public double AloneShare { get; set; } = 0.5;

    /// <summary>Seconds that a request waits for the grid's answer at most, before its process goes on by itself.</summary>
    [Range(0.01, 30)]
    public double PatienceSeconds { get; set; } = 0.25;
}
