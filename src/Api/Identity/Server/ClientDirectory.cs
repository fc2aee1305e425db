using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>The registered clients (RFC 7591 calls them so), by OpenIddict's own store.</summary>
internal sealed class ClientDirectory(IOpenIddictApplicationManager applications)
{
    private const string Tenants = "tenants";

    /// <summary>The tenants whose tokens a service may ask for.</summary>
    public async Task<ImmutableArray<string>> TenantsOfAsync(string client, CancellationToken ct)
    {
        if (await applications.FindByClientIdAsync(client, ct) is not { } application) return [];
        var properties = await applications.GetPropertiesAsync(application, ct);
        return properties.TryGetValue(Tenants, out var tenants) ? [.. tenants.EnumerateArray().Select(tenant => tenant.GetString()!)] : [];
    }

    /// <summary>The client of <c>/api/auth</c>, which has no secret to keep; made once.</summary>
    public async Task EnsureFirstPartyAsync(CancellationToken ct)
    {
        if (await applications.FindByClientIdAsync(GridGrants.FirstParty, ct) is not null) return;
        await applications.CreateAsync(new OpenIddictApplicationDescriptor
        {
            ClientId = GridGrants.FirstParty,
            ClientType = ClientTypes.Public,
            DisplayName = "Compliance Grid",
            Permissions =
            {
                Permissions.Endpoints.Token, Permissions.Endpoints.Revocation,
                Permissions.Prefixes.GrantType + GridGrants.SignIn, Permissions.GrantTypes.RefreshToken,
            },
        }, ct);
    }

    public async Task<bool> IsKnownAsync(string client, CancellationToken ct) => await applications.FindByClientIdAsync(client, ct) is not null;

    /// <summary>Whether it is our own, and needs nobody's consent; and what people read as its name.</summary>
    public async Task<(bool IsOurs, string Name)> AboutAsync(string client, CancellationToken ct)
    {
        if (await applications.FindByClientIdAsync(client, ct) is not { } application) return (false, client);
        return (await applications.HasConsentTypeAsync(application, ConsentTypes.Implicit, ct), await applications.GetDisplayNameAsync(application, ct) ?? client);
    }

    /// <summary>An application that sends browsers here: the code flow with PKCE, and no secret (RFC 9700 §2.1.1).</summary>
    public async Task AddBrowserClientAsync(BrowserClient client, CancellationToken ct)
    {
        var application = new OpenIddictApplicationDescriptor
        {
            ClientId = client.Id,
            ClientType = ClientTypes.Public,
            ConsentType = client.IsOurs ? ConsentTypes.Implicit : ConsentTypes.Explicit,
            DisplayName = client.Name,
            Permissions =
            {
                Permissions.Endpoints.Authorization, Permissions.Endpoints.Token, Permissions.Endpoints.Revocation, Permissions.Endpoints.EndSession,
                Permissions.GrantTypes.AuthorizationCode, Permissions.GrantTypes.RefreshToken, Permissions.ResponseTypes.Code,
            },
            Requirements = { Requirements.Features.ProofKeyForCodeExchange },
        };
        application.RedirectUris.UnionWith(client.Redirects);
        application.PostLogoutRedirectUris.UnionWith(client.PostLogout);
        await applications.CreateAsync(application, ct);
    }

    /// <summary>A service that proves itself by a signature (<c>private_key_jwt</c>, RFC 7523), or by the certificate that is in the key (RFC 8705).</summary>
    public async Task AddServiceAsync(string client, JsonWebKey publicKey, ImmutableArray<string> tenants, CancellationToken ct) =>
        await applications.CreateAsync(new OpenIddictApplicationDescriptor
        {
            ClientId = client,
            ClientType = ClientTypes.Confidential,
            JsonWebKeySet = new JsonWebKeySet { Keys = { publicKey } },
            Permissions = { Permissions.Endpoints.Token, Permissions.Endpoints.Introspection, Permissions.GrantTypes.ClientCredentials },
            Properties = { [Tenants] = JsonSerializer.SerializeToElement(tenants) },
        }, ct);
}

/// <summary>An application that signs people in by their browsers.</summary>
/// <param name="Redirects">Where codes may be sent, to the letter.</param>
/// <param name="PostLogout">Where browsers may be sent once signed out, to the letter.</param>
/// <param name="IsOurs">People need not allow it.</param>
internal sealed record BrowserClient(string Id, string Name, ImmutableArray<Uri> Redirects, ImmutableArray<Uri> PostLogout, bool IsOurs);
