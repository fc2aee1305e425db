using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Api.Http;

/// <summary>Section <c>RateLimits</c>: requests per user of a tenant, or per address without a valid token.</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>Requests a second in the long run.</summary>
    [Range(1, 1_000_000)]
    public int PerSecond { get; set; } = 500;

    /// <summary>Requests at once after a pause.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 1_000;
}
