using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Sessions;
using ComplianceGrid.Api.Identity.SignIn;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>Who the bearer of an access token is, as far as its scopes tell (OpenID Connect Core §5.3).</summary>
internal sealed class UserInfoEndpoint(SignInRecall recall, SessionGate gate)
{
    public static Task<IResult> HandleAsync(HttpContext context, UserInfoEndpoint endpoint, CancellationToken ct) => endpoint.AnswerAsync(context, ct);

    private async Task<IResult> AnswerAsync(HttpContext context, CancellationToken ct)
    {
        var token = (await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal;
        if (token is null || !token.HasScope(Scopes.OpenId) || GridPrincipal.AccountOf(token) is not { } id || GridPrincipal.SessionOf(token) is not { } key) return Refuse();
        if (!await gate.CheckAsync(key, ct) || await recall.FindAsync(id, key, [], ct) is not { } person) return Refuse();
        context.Audit().Did(AuditAction.Read, person.Membership);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Ok(ClaimsOf(token, person));
    }

    private static Dictionary<string, object> ClaimsOf(System.Security.Claims.ClaimsPrincipal token, SignedIn person)
    {
        var claims = new Dictionary<string, object> { [Claims.Subject] = person.Account.Id.ToString("D"), [TokenClaims.Tenant] = person.Membership.Tenant.Value };
        if (token.HasScope(Scopes.Profile)) claims[Claims.Name] = person.Account.DisplayName ?? person.Account.UserName!;
        if (token.HasScope(Scopes.Email) && person.Account.Email is { } email) (claims[Claims.Email], claims[Claims.EmailVerified]) = (email, person.Account.EmailConfirmed);
        return claims;
    }

    private static IResult Refuse() => Results.Challenge(new AuthenticationProperties(new Dictionary<string, string?>
    {
        [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.InvalidToken,
        [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = "The access token is not good here, or not any more.",
    }), [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
}
