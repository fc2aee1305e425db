using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;
using OpenIddict.EntityFrameworkCore.Models;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>OpenIddict's own, which finds a client's certificate in its keys only when it is of RSA: here of any kind that can be registered.</summary>
internal sealed class ClientManager(
    IOpenIddictApplicationCache<OpenIddictEntityFrameworkCoreApplication<Guid>> cache,
    ILogger<OpenIddictApplicationManager<OpenIddictEntityFrameworkCoreApplication<Guid>>> log,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictApplicationStore<OpenIddictEntityFrameworkCoreApplication<Guid>> store)
    : OpenIddictApplicationManager<OpenIddictEntityFrameworkCoreApplication<Guid>>(cache, log, options, store)
{
    /// <summary>Those that the client is registered by, and no others, are trusted; a chain is of one element.</summary>
    public override async ValueTask<X509ChainPolicy?> GetSelfSignedTlsClientAuthenticationPolicyAsync(
        OpenIddictEntityFrameworkCoreApplication<Guid> application, X509ChainPolicy policy, CancellationToken cancellationToken = default)
    {
        var own = policy.Clone();
        foreach (var certificate in (await GetJsonWebKeySetAsync(application, cancellationToken))?.Keys.SelectMany(key => key.X5c) ?? [])
            own.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(certificate)));
        return own;
    }
}
