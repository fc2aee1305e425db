using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Api.Grid;

/// <summary>Section <c>Orleans</c>: which grid this host is a client of.</summary>
internal sealed class GridClientOptions
{
    public const string Section = "Orleans";

    [Required]
    public string ClusterId { get; set; } = "grid";

    [Required]
    public string ServiceId { get; set; } = "compliance-grid";

    /// <summary>Seconds within which a grain must answer; past them the caller reads 503.</summary>
    [Range(0.1, 60)]
    public double ResponseSeconds { get; set; } = 5;

    /// <summary><c>address:port</c> of silos' gateways; empty: they are read from the membership table.</summary>
    public string[] Gateways { get; set; } = [];
}
