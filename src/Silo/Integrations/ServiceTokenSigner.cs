using System.Security.Cryptography;
using ComplianceGrid.Integrations;
using ComplianceGrid.Tenancy;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ComplianceGrid.Silo.Integrations;

/// <summary>Signs the tokens that this silo shows to the integrations gateway (<see cref="ServiceTokens"/>).</summary>
internal sealed class ServiceTokenSigner(IOptions<IntegrationsOptions> options, TimeProvider time) : IDisposable
{
    private readonly ECDsa _key = Load(options.Value.ServiceTokenKeyFile);
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    public string For(TenantId tenant, string requestId, string permission)
    {
        var now = time.GetUtcNow();
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = ServiceTokens.Issuer,
            Audience = ServiceTokens.IntegrationsAudience,
            IssuedAt = now.UtcDateTime,
            Expires = (now + TimeSpan.FromMinutes(2)).UtcDateTime,
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Jti] = Guid.CreateVersion7(now).ToString("D"),
                [ServiceTokens.TenantClaim] = tenant.Value,
                [ServiceTokens.RequestIdClaim] = requestId,
                [ServiceTokens.PermissionClaim] = permission,
            },
            SigningCredentials = new(new ECDsaSecurityKey(_key), SecurityAlgorithms.EcdsaSha256),
        });
    }

    public void Dispose() => _key.Dispose();

    private static ECDsa Load(string file)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(file));
        return key;
    }
}
