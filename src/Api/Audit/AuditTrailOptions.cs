using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Api.Audit;

/// <summary>Section <c>AuditTrail</c>.</summary>
internal sealed class AuditTrailOptions
{
    public const string Section = "AuditTrail";

    /// <summary>Seconds a request waits for its entry to be durable; then it is answered 503.</summary>
    [Range(0.05, 30)]
    public double WaitSeconds { get; set; } = 5;

    /// <summary>Entries of one ledger shard that may wait; a further request is answered 503 at once.</summary>
    [Range(1, 1_000_000)]
    public int Capacity { get; set; } = 20_000;

    /// <summary>Entries handed over in one call.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 1_000;
}
