using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.ServiceDefaults.Auditing.Spooling;

/// <summary>Section <c>AuditSpool</c>: where audit entries wait while their store does not answer.</summary>
public sealed class SpoolOptions
{
    public const string Section = "AuditSpool";

    /// <summary>Folder of this service's spools, on a disk that outlives the process. Processes on one machine may share it: each takes a subfolder of its own.</summary>
    [Required]
    public string Directory { get; set; } = "spool";

    /// <summary>
    /// 32 bytes as base64, mode 600, the same for all processes that share the folder. Absent: made in the folder itself, which protects
    /// nothing from who can read the folder.
    /// </summary>
    public string? KeyFile { get; set; }

    /// <summary>Bytes that one process may spool; past them the tenant's <c>AuditTrail:OnFailure</c> counts.</summary>
    [Range(64 << 10, long.MaxValue)]
    public long MaxBytes { get; set; } = 256 << 20;

    /// <summary>Bytes after which a new file, with a new key, is begun. Allocated ahead, so that a full disk is found before it is needed.</summary>
    [Range(16 << 10, 256 << 20)]
    public int SegmentBytes { get; set; } = 4 << 20;
}
