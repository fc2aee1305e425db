using System.ComponentModel.DataAnnotations;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Api.Ledger;

/// <summary>Section <c>Ledger</c>, with <see cref="LedgerOptions"/>: how checkpoints are signed.</summary>
internal sealed class NotaryOptions
{
    /// <summary>PEM file of the private key on P-256, mode 600. Whoever has it and the rows can rewrite both: keep it from the silo and from the database.</summary>
    [Required]
    public string KeyFile { get; set; } = "";

    /// <summary>Minutes after its newest checkpoint from which on a log that has grown gets another.</summary>
    [Range(1, 24 * 60)]
    public int CheckpointMinutes { get; set; } = 60;
}
