using System.ComponentModel.DataAnnotations;
using ComplianceGrid.ServiceDefaults.Mail;

namespace ComplianceGrid.Silo.Ledger;

/// <summary>Section <c>Checkpoints</c>: whom checkpoints are left with. The binder takes names of targets and tenants as keys.</summary>
internal sealed class CheckpointOptions
{
    public const string Section = "Checkpoints";

    /// <summary>By a name that stays: deliveries are recorded under it, and a target under a new name gets what it lacks.</summary>
    public Dictionary<string, TargetOptions> Targets { get; set; } = [];

    /// <summary>The targets of every tenant that has none of its own. Null: all archives.</summary>
    public string[]? Default { get; set; }

    /// <summary>The targets of single tenants, instead of the default.</summary>
    public Dictionary<string, string[]> Tenants { get; set; } = [];

    public SmtpOptions Smtp { get; set; } = new();

    /// <summary>Minutes after which a checkpoint that a target does not have makes the silo degraded.</summary>
    [Range(1, 1440)]
    public double WarnMinutes { get; set; } = 10;

    public IEnumerable<string> DefaultTargets => Default ?? Targets.Where(target => target.Value.Kind == TargetKind.Archive).Select(target => target.Key);
}

internal enum TargetKind { Archive, Mail, Witness }

internal sealed class TargetOptions
{
    public TargetKind Kind { get; set; }

    /// <summary>Archive: where it lies; on other storage than the database's, that takes no change back.</summary>
    public string? Directory { get; set; }

    /// <summary>Mail: the auditor's address.</summary>
    public string? To { get; set; }

    /// <summary>Witness: its submission prefix.</summary>
    public Uri? Url { get; set; }

    /// <summary>Witness: its verifier keys (C2SP, type 0x04 or 0x06). Empty: cosignatures are kept unverified.</summary>
    public string[] Keys { get; set; } = [];
}
