using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Silo.Auditing.Capacity;

/// <summary>Section <c>AuditCapacity</c>.</summary>
internal sealed class AuditCapacityOptions
{
    public const string Section = "AuditCapacity";

    /// <summary>What the audit database may fill, in 10^9 bytes. SQL cannot see the disk: say what it has, less room for WAL.</summary>
    [Range(1, 10_000_000)]
    public double Gigabytes { get; set; } = 100;

    /// <summary>Warn when the forecast leaves fewer days.</summary>
    [Range(1, 3650)]
    public int WarnDays { get; set; } = 30;

    /// <summary>Warn when this share is used, whatever the growth.</summary>
    [Range(0.01, 1)]
    public double WarnShare { get; set; } = 0.9;

    /// <summary>How many days of samples the forecast looks back on.</summary>
    [Range(1, 365)]
    public int WindowDays { get; set; } = 30;

    public long Bytes => (long)(Gigabytes * 1e9);
}
