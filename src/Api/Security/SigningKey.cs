using System.Security.Cryptography;
using ComplianceGrid.ServiceDefaults;
using Microsoft.IdentityModel.Tokens;

namespace ComplianceGrid.Api.Security;

/// <summary>The key that access tokens are checked with; with the development issuer it holds the private half too.</summary>
internal sealed class SigningKey
{
    private SigningKey(ECDsaSecurityKey key) => Key = key;

    public ECDsaSecurityKey Key { get; }

    /// <summary>The public half as a JSON Web Key (RFC 7517).</summary>
    public JsonWebKey PublicJwk
    {
        get
        {
            var point = Key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
            return new JsonWebKey
            {
                Kty = "EC",
                Crv = "P-256",
                Use = "sig",
                Alg = SecurityAlgorithms.EcdsaSha256,
                Kid = Key.KeyId,
                X = Base64UrlEncoder.Encode(point.X),
                Y = Base64UrlEncoder.Encode(point.Y),
            };
        }
    }

    /// <exception cref="InvalidOperationException">No key is configured, or the file holds none on P-256.</exception>
    public static SigningKey Load(AuthenticationOptions authentication, DevelopmentIssuerOptions issuer)
    {
        if (OpenApiBuild.IsRunning) return new(Identify(ECDsa.Create(ECCurve.NamedCurves.nistP256)));
        var (file, setting) = issuer.Enabled
            ? (issuer.KeyFile, "DevelopmentIssuer:KeyFile")
            : (authentication.PublicKeyFile, "Authentication:PublicKeyFile");
        if (string.IsNullOrEmpty(file) || !File.Exists(file))
            throw new InvalidOperationException($"{setting} must name a PEM file with a P-256 key.");
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(file));
        if (key.KeySize != 256) throw new InvalidOperationException($"The key of {setting} is not on P-256, which ES256 needs.");
        return new(Identify(key));
    }

    // RFC 7638: the key's thumbprint names it, so that another key never passes under its name.
    private static ECDsaSecurityKey Identify(ECDsa key)
    {
        var security = new ECDsaSecurityKey(key);
        security.KeyId = Base64UrlEncoder.Encode(security.ComputeJwkThumbprint());
        return security;
    }
}
