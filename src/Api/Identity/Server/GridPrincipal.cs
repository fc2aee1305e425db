using System.Collections.Immutable;
using System.Security.Claims;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Identity;
using ComplianceGrid.Storage.Identity;
using ComplianceGrid.Tenancy;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>What tokens say of a person or a service.</summary>
internal static class GridPrincipal
{
    /// <param name="methods">How they proved who they are: RFC 8176, <c>pwd otp</c> or <c>hwk</c>.</param>
    public static ClaimsPrincipal OfPerson(Account account, Membership membership, SessionRecord session, ImmutableArray<string> methods,
        ImmutableArray<string> scopes, string audience, DateTimeOffset now)
    {
        var identity = NewIdentity();
        identity.SetClaim(TokenClaims.Subject, account.Id.ToString("D"))
            .SetClaim(TokenClaims.Tenant, membership.Tenant.Value)
            .SetClaims(TokenClaims.Roles, membership.Roles)
            .SetClaims(TokenClaims.Sites, membership.Sites)
            .SetClaim(TokenClaims.Employee, membership.EmployeeId?.ToString("D"))
            .SetClaim(TokenClaims.Session, session.Key.Session.ToString("D"))
            .SetClaim(Claims.AuthenticationTime, session.SignedInAt.ToUnixTimeSeconds())
            .SetClaims(Claims.AuthenticationMethodReference, methods)
            .SetClaim(Claims.Name, account.DisplayName ?? account.UserName)
            .SetClaim(Claims.Email, account.Email);
        var principal = Finish(identity, scopes, audience);
        principal.SetRefreshTokenLifetime(session.EndsAt - now); // no token of a session outlives it
        return principal;
    }

    public static ClaimsPrincipal OfService(string client, TenantId tenant, ImmutableArray<string> scopes, string audience, TimeSpan life)
    {
        var identity = NewIdentity();
        identity.SetClaim(TokenClaims.Subject, client).SetClaim(TokenClaims.Tenant, tenant.Value).SetClaims(TokenClaims.Roles, [RoleTable.Service]);
        var principal = Finish(identity, scopes, audience);
        principal.SetAccessTokenLifetime(life);
        return principal;
    }

    public static Guid? AccountOf(ClaimsPrincipal principal) =>
        Guid.TryParseExact(principal.GetClaim(TokenClaims.Subject), "D", out var account) ? account : null;

    /// <summary>Null: a service's, which has none.</summary>
    public static SessionKey? SessionOf(ClaimsPrincipal principal) =>
        TenantId.TryParse(principal.GetClaim(TokenClaims.Tenant), null, out var tenant)
        && Guid.TryParseExact(principal.GetClaim(TokenClaims.Session), "D", out var session) ? new(tenant, session) : null;

    private static ClaimsIdentity NewIdentity() => new("OpenIddict", Claims.Name, TokenClaims.Roles);

    private static ClaimsPrincipal Finish(ClaimsIdentity identity, ImmutableArray<string> scopes, string audience)
    {
        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes(scopes).SetResources(audience);
        principal.SetDestinations(Destinations);
        return principal;
    }

    // Who a person is stands in the identity token, what they may do in the access token (RFC 9068 §2.2).
    private static IEnumerable<string> Destinations(Claim claim) => claim.Type switch
    {
        Claims.Name => claim.Subject!.HasScope(Scopes.Profile) ? [OpenIddictConstants.Destinations.IdentityToken] : [],
        Claims.Email => claim.Subject!.HasScope(Scopes.Email) ? [OpenIddictConstants.Destinations.IdentityToken] : [],
        TokenClaims.Tenant or TokenClaims.Session or Claims.AuthenticationTime or Claims.AuthenticationMethodReference =>
            [OpenIddictConstants.Destinations.AccessToken, OpenIddictConstants.Destinations.IdentityToken],
        _ => [OpenIddictConstants.Destinations.AccessToken],
    };
}
