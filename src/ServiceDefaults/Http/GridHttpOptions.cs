using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.ServiceDefaults.Http;

/// <summary>Section <c>HttpClients:{name}</c>: one outgoing client. The tries, times and breaker are the house's, for all clients.</summary>
public sealed class GridHttpOptions
{
    public const string Section = "HttpClients";

    public Uri? BaseAddress { get; set; }

    /// <summary>Seconds that one try may take.</summary>
    [Range(0.1, 300)]
    public double TimeoutSeconds { get; set; } = 10;

    /// <summary>Seconds before the second try; doubles with each further one, with jitter.</summary>
    [Range(0, 60)]
    public double FirstDelaySeconds { get; set; } = 0.5;

    /// <summary>Requests a second that the vendor grants us; more wait their turn.</summary>
    [Range(1, 10_000)]
    public int RequestsPerSecond { get; set; } = 50;

    /// <summary>Requests that may wait their turn; a further one is refused.</summary>
    [Range(0, 100_000)]
    public int QueueLimit { get; set; } = 1_000;
}
