using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace ComplianceGrid.Api.Security;

/// <summary>The development issuer's key: good here as long as that issuer runs in this host, and nowhere else.</summary>
internal sealed class DevelopmentKey
{
    private DevelopmentKey(ECDsaSecurityKey key) => Key = key;

    public ECDsaSecurityKey Key { get; }

    /// <exception cref="InvalidOperationException">No key is configured, or the file holds none on P-256.</exception>
    public static DevelopmentKey Load(DevelopmentIssuerOptions issuer)
    {
        if (string.IsNullOrEmpty(issuer.KeyFile) || !File.Exists(issuer.KeyFile))
            throw new InvalidOperationException("DevelopmentIssuer:KeyFile must name a PEM file with a P-256 key.");
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(issuer.KeyFile));
        if (key.KeySize != 256) throw new InvalidOperationException("The key of DevelopmentIssuer:KeyFile is not on P-256, which ES256 needs.");
        var security = new ECDsaSecurityKey(key);
        security.KeyId = Base64UrlEncoder.Encode(security.ComputeJwkThumbprint()); // RFC 7638: another key never passes under its name
        return new(security);
    }
}
