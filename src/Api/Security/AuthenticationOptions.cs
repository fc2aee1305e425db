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

/// <summary>Section <c>DevelopmentIssuer</c>: hands a token for any tenant and role to whoever asks. In Development only.</summary>
internal sealed class DevelopmentIssuerOptions
{
    public const string Section = "DevelopmentIssuer";

    public bool Enabled { get; set; }

    /// <summary>PEM file of a P-256 private key (PKCS #8).</summary>
    public string? KeyFile { get; set; }

    /// <summary>Life of a token.</summary>
    [Range(1, 1440)]
    public int TokenMinutes { get; set; } = 60;
}
