using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>Section <c>AuthorizationServer</c>.</summary>
internal sealed class AuthorizationServerOptions
{
    public const string Section = "AuthorizationServer";

    /// <summary>Life of an access token. A session that ends is refused at once all the same.</summary>
    [Range(1, 10)]
    public int AccessTokenMinutes { get; set; } = 10;

    /// <summary>Life of a service's access token.</summary>
    [Range(1, 5)]
    public int ServiceTokenMinutes { get; set; } = 5;

    /// <summary>Where services come that prove themselves by a certificate: https, an address of its own. Null: none do. See <see cref="Server.MutualTls"/>.</summary>
    public Uri? MutualTls { get; set; }

    /// <summary>Time to give the second factor after the password.</summary>
    [Range(1, 15)]
    public int SignInMinutes { get; set; } = 5;

    /// <summary>After so many days the keys that tokens are signed and sealed with give way to new ones (SP 800-57 part 1, §5.3.6: at most 1 to 3 years).</summary>
    [Range(1, 365)]
    public int KeyDays { get; set; } = 90;
}
