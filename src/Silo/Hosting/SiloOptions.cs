using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Silo.Hosting;

/// <summary>Section <c>Orleans</c>.</summary>
internal sealed class SiloOptions
{
    public const string Section = "Orleans";

    [Required]
    public string ClusterId { get; set; } = "grid";

    [Required]
    public string ServiceId { get; set; } = "compliance-grid";

    public string? SiloName { get; set; }

    /// <summary>Port for other silos.</summary>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>Port for clients.</summary>
    [Range(1, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Address that other silos and clients reach this one at.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary><c>audit</c>, or null: no role in particular.</summary>
    public string? Role { get; set; }

    /// <summary>Whether audit grains live on silos of the role <c>audit</c> alone. The same for all silos of a grid.</summary>
    public bool ConfineAudit { get; set; }
}
