using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Api.Identity.Server.Keys;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ComplianceGrid.Api.Security;

/// <summary>
/// Checks a token's signature once. A token that was good is known again by its hash until it expires or its key is withdrawn; whether its
/// session lives is no matter of the token and asked each time. One that was not good is checked anew: strangers fill no memory.
/// </summary>
internal sealed class ValidatedTokens(ServerKeyRing ring, TimeProvider clock) : JsonWebTokenHandler, IDisposable
{
    /// <summary>Tokens remembered at once.</summary>
    private const int Most = 100_000;

    private readonly MemoryCache _good = new(new MemoryCacheOptions { SizeLimit = Most });

    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (_good.TryGetValue(hash, out TokenValidationResult? known) && IsGood(known!.SecurityToken, validationParameters.ClockSkew)) return known;
        var result = await base.ValidateTokenAsync(token, validationParameters);
        if (!result.IsValid) return result;
        var life = result.SecurityToken.ValidTo + validationParameters.ClockSkew - clock.GetUtcNow().UtcDateTime;
        if (life > TimeSpan.Zero) _good.Set(hash, result, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = life });
        return result;
    }

    public void Dispose() => _good.Dispose();

    // By the grid's clock; the cache's own only forgets.
    private bool IsGood(SecurityToken token, TimeSpan skew) =>
        token.ValidTo + skew > clock.GetUtcNow().UtcDateTime && ring.Keys.Signing.Any(key => key.KeyId == token.SigningKey.KeyId);
}
