using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;

namespace ComplianceGrid.Api.Identity.Server.Keys;

/// <summary>The authorization server's keys as they are in the database, in the order in which they are used: the first signs and seals.</summary>
/// <param name="Signing">All that tokens may still be signed with, and those that will be used soon: the published key set.</param>
internal sealed record ServerKeys(ImmutableArray<ECDsaSecurityKey> Signing, ImmutableArray<SymmetricSecurityKey> Sealing)
{
    public static readonly ServerKeys None = new([], []);

    public bool AreThere => !Signing.IsEmpty && !Sealing.IsEmpty;
}

/// <summary>Gives OpenIddict the keys, and makes it ask again when they have changed: a rotation needs no restart.</summary>
internal sealed class ServerKeyRing : IConfigureOptions<OpenIddictServerOptions>, IOptionsChangeTokenSource<OpenIddictServerOptions>
{
    // OpenIddict looks at every request, health's too, and not without keys. None of these is ever used: until there are others, all else is refused.
    private static readonly ServerKeys Placeholder = new([new(ECDsa.Create(ECCurve.NamedCurves.nistP256))], [new(RandomNumberGenerator.GetBytes(32))]);

    private volatile ServerKeys _keys = ServerKeys.None;
    private CancellationTokenSource _change = new();

    public ServerKeys Keys => _keys;

    public string Name => Options.DefaultName;

    public void Set(ServerKeys keys)
    {
        var before = _keys;
        _keys = keys;
        if (Same(before, keys)) return;
        using var changed = Interlocked.Exchange(ref _change, new());
        changed.Cancel();
    }

    public IChangeToken GetChangeToken() => new CancellationChangeToken(Volatile.Read(ref _change).Token);

    public void Configure(OpenIddictServerOptions options)
    {
        var keys = _keys.AreThere ? _keys : Placeholder;
        foreach (var key in keys.Signing) options.SigningCredentials.Add(new(key, SecurityAlgorithms.EcdsaSha256));
        foreach (var key in keys.Sealing)
            options.EncryptionCredentials.Add(new(key, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
    }

    private static bool Same(ServerKeys a, ServerKeys b) =>
        a.Signing.Select(key => key.KeyId).SequenceEqual(b.Signing.Select(key => key.KeyId))
        && a.Sealing.Select(key => key.KeyId).SequenceEqual(b.Sealing.Select(key => key.KeyId));
}
