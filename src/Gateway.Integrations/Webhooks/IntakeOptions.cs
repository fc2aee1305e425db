using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Gateway.Webhooks;

/// <summary>Section <c>Webhooks</c>: what the intake takes and how long it waits.</summary>
internal sealed class IntakeOptions
{
    public const string Section = "Webhooks";

    /// <summary>Bytes.</summary>
    [Range(1024, 16 << 20)]
    public int MaxBodyBytes { get; set; } = 1 << 20;

    /// <summary>Webhooks that may wait for a commit; a further one is refused with 429.</summary>
    [Range(1, 1_000_000)]
    public int QueueLimit { get; set; } = 10_000;

    /// <summary>Most webhooks in one commit.</summary>
    [Range(1, 10_000)]
    public int MaxBatch { get; set; } = 512;

    /// <summary>Commits under way at a time.</summary>
    [Range(1, 16)]
    public int CommitLanes { get; set; } = 2;

    /// <summary>Seconds that a sender waits for the commit before it is told 503.</summary>
    [Range(0.1, 60)]
    public double CommitTimeoutSeconds { get; set; } = 5;

    /// <summary>Webhooks a second of one connection, and how many may come at once.</summary>
    [Range(1, 10_000_000)]
    public int ConnectionPerSecond { get; set; } = 2_000;
    [Range(1, 10_000_000)]
    public int ConnectionBurst { get; set; } = 10_000;

    /// <summary>Webhooks a second from one source address, and how many may come at once.</summary>
    [Range(1, 10_000_000)]
    public int SourcePerSecond { get; set; } = 5_000;
    [Range(1, 10_000_000)]
    public int SourceBurst { get; set; } = 20_000;
}
