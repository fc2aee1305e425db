using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ComplianceGrid.Api.Security;
using ComplianceGrid.ServiceDefaults.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>
/// Services that prove themselves by a certificate of their own making instead of a signature (RFC 8705 §2.2, <c>self_signed_tls_client_auth</c>), at an
/// endpoint of Kestrel's where everybody is asked for one: browsers would ask people. What they get is good on connections with that certificate alone (§3).
/// </summary>
internal static class MutualTls
{
    /// <summary>Of section <c>Kestrel:Endpoints</c>.</summary>
    public const string Endpoint = "Services";

    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <param name="builder">Without <see cref="AuthorizationServerOptions.MutualTls"/> nothing is done.</param>
    /// <exception cref="InvalidOperationException">The endpoint is not configured, or in clear.</exception>
    public static void AddMutualTls(this WebApplicationBuilder builder, OpenIddictServerBuilder server)
    {
        if (builder.Configuration.GetValue<Uri>($"{AuthorizationServerOptions.Section}:{nameof(AuthorizationServerOptions.MutualTls)}") is not { } address) return;
        if (!KestrelEndpoint.IsTls(builder.Configuration, Endpoint))
            throw new InvalidOperationException($"AuthorizationServer:MutualTls is configured, and Kestrel:Endpoints:{Endpoint}:Url, where it leads, is no https address.");
        server.EnableSelfSignedTlsClientAuthentication().UseClientCertificateBoundAccessTokens()
            .SetMtlsTokenEndpointAliasUri(new Uri(address, "/connect/token")).SetMtlsIntrospectionEndpointAliasUri(new Uri(address, "/connect/introspect"))
            .SetMtlsRevocationEndpointAliasUri(new Uri(address, "/connect/revoke"));
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.ConfigurationLoader!.Endpoint(Endpoint, endpoint =>
        {
            endpoint.HttpsOptions.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            endpoint.HttpsOptions.ClientCertificateValidation = (_, _, _) => true; // nobody but its client has signed it: who is known by it, the authorization server says
        }));
    }

    /// <summary>Whether a client can be registered by it: signed by itself, and for client authentication.</summary>
    public static bool IsUsable(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)
        && certificate.Extensions.OfType<X509KeyUsageExtension>().Any(usage => usage.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature))
        && certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(usage => usage.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value == ClientAuthentication))
        && (certificate.GetECDsaPublicKey()?.KeySize ?? certificate.GetRSAPublicKey()?.KeySize / 8) >= 256; // P-256, RSA 2048 (SP 800-131A)

    /// <summary>Whether the token may be used on this connection: one that is bound to a certificate, on those of that certificate.</summary>
    public static bool Admits(ClaimsPrincipal token, HttpContext context)
    {
        if (token.FindFirst(TokenClaims.Confirmation) is not { } bound) return true;
        if (context.Connection.ClientCertificate is not { } certificate) return false;
        using var confirmation = JsonDocument.Parse(bound.Value);
        return confirmation.RootElement.TryGetProperty("x5t#S256", out var thumbprint)
            && thumbprint.ValueEquals(Base64Url.EncodeToString(certificate.GetCertHash(HashAlgorithmName.SHA256)));
    }
}
