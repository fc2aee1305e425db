using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Api.Security;

/// <summary>Section <c>Authentication</c>: whose access tokens are good here.</summary>
internal sealed class AuthenticationOptions
{
    public const string Section = "Authentication";

    /// <summary>The exact <c>iss</c>, which is this host's own address as browsers and clients know it.</summary>
    [Required]
    public string Issuer { get; set; } = "http://127.0.0.1:5080";

    /// <summary>The exact <c>aud</c>.</summary>
    [Required]
    public string Audience { get; set; } = "compliance-grid";
}
