using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Storage.Identity;

namespace ComplianceGrid.Api.Identity.ApiKeys;

/// <summary>
/// What is kept of a secret: HMAC-SHA-256 under a key that the master key wraps. The secrets are random, 256 bits, so a fast hash is enough;
/// keyed, a row that somebody writes into the table opens nothing. The prefix is hashed too: a row copied to another opens nothing there.
/// </summary>
internal sealed class ApiKeyHash(HashKeys keys)
{
    private const string Name = "api-keys";
    private static readonly ImmutableArray<ApiKeySecret> None = [new(new byte[HMACSHA256.HashSizeInBytes], DateTimeOffset.MinValue)];
    private volatile byte[]? _key;

    public async ValueTask<byte[]> OfAsync(ApiKeyText key, CancellationToken ct) =>
        HMACSHA256.HashData(_key ??= await keys.GetAsync(Name, ct), Encoding.UTF8.GetBytes($"api-key\0{key.Prefix}\0{key.Secret}"));

    /// <summary>Whether it is one of these and still good. Takes as long whichever it is, and for a prefix that nobody has.</summary>
    public async ValueTask<bool> MatchesAsync(ApiKeyText key, ImmutableArray<ApiKeySecret>? kept, DateTimeOffset now, CancellationToken ct)
    {
        var hash = await OfAsync(key, ct);
        var matches = false;
        foreach (var secret in kept ?? None) matches |= CryptographicOperations.FixedTimeEquals(hash, secret.Hash) && secret.GoodUntil > now;
        return matches;
    }
}
