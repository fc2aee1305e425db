using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Silo.Integrations;

/// <summary>Section <c>Integrations</c>; the gateway's address is <c>HttpClients:integrations:BaseAddress</c>.</summary>
internal sealed class IntegrationsOptions
{
    public const string Section = "Integrations";

    /// <summary>PEM file of the silo's ES256 private key (PKCS #8), with which it signs its service tokens.</summary>
    [Required]
    public string ServiceTokenKeyFile { get; set; } = "";
}
