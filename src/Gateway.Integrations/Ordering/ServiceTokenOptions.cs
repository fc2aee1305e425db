using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Gateway.Ordering;

/// <summary>Section <c>ServiceTokens</c>.</summary>
internal sealed class ServiceTokenOptions
{
    public const string Section = "ServiceTokens";

    /// <summary>PEM file of the silo's ES256 public key.</summary>
    [Required]
    public string PublicKeyFile { get; set; } = "";
}
