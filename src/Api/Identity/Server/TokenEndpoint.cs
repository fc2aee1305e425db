using System.Security.Claims;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Sessions;
using ComplianceGrid.Api.Identity.SignIn;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using ComplianceGrid.Tenancy;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using AuthenticationOptions = ComplianceGrid.Api.Security.AuthenticationOptions;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>
/// The one place that tokens come from (RFC 6749 §3.2): whichever way a request came in, OpenIddict has checked the client and the grant
/// before, and issues, rotates and stores after. Here it is decided what the token says, from what holds at this moment.
/// </summary>
internal sealed class TokenEndpoint(
    SignInCompletion signIns, SignInRecall recall, TenantSwitch switching, ISessions sessions, ClientDirectory clients, TimeProvider clock,
    IOptions<AuthenticationOptions> authentication, IOptions<AuthorizationServerOptions> options)
{
    public static Task<IResult> HandleAsync(HttpContext context, TokenEndpoint endpoint, CancellationToken ct) => endpoint.ExchangeAsync(context, ct);

    private string Audience => authentication.Value.Audience;

    private async Task<IResult> ExchangeAsync(HttpContext context, CancellationToken ct)
    {
        var request = context.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("This is no token request.");
        var principal = request switch
        {
            { GrantType: GridGrants.SignIn } => await SignInAsync(context, request, ct),
            _ when request.IsAuthorizationCodeGrantType() || request.IsRefreshTokenGrantType() => await ContinueAsync(context, request, ct),
            _ when request.IsClientCredentialsGrantType() => await ServiceAsync(context, request, ct),
            _ => null,
        };
        return principal is null
            ? Results.Forbid(Refusal, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme])
            : Results.SignIn(principal, authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static readonly AuthenticationProperties Refusal = new(new Dictionary<string, string?>
    {
        [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.InvalidGrant,
        [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = "The grant is not good any more.",
    });

    private async Task<ClaimsPrincipal> SignInAsync(HttpContext context, OpenIddictRequest request, CancellationToken ct)
    {
        var done = await signIns.CompleteAsync(context, Proof.Of(request), ct);
        context.Audit().Did(AuditAction.Login, done.Membership);
        return GridPrincipal.OfPerson(done.Account, done.Membership, done.Session, done.Methods, request.GetScopes(), Audience, clock.GetUtcNow());
    }

    /// <summary>Of a code or a refresh token: the session must live, and what the account is now counts, not what it was.</summary>
    private async Task<ClaimsPrincipal?> ContinueAsync(HttpContext context, OpenIddictRequest request, CancellationToken ct)
    {
        var before = (await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal;
        if (before is null || GridPrincipal.AccountOf(before) is not { } id || GridPrincipal.SessionOf(before) is not { } key) return null;
        if (await recall.FindAsync(id, key, before.GetClaims(Claims.AuthenticationMethodReference), ct) is not { } person) return null;
        if (context.Request.Path.Equals(GridGrants.SwitchTenant))
        {
            person = await switching.ToAsync(context, person, (string?)request["tenant"], ct);
        }
        else
        {
            await sessions.TouchAsync(key, clock.GetUtcNow());
            context.Audit().Did(AuditAction.Read, person.Membership);
        }

        return GridPrincipal.OfPerson(person.Account, person.Membership, person.Session, person.Methods, before.GetScopes(), Audience, clock.GetUtcNow());
    }

    /// <summary>RFC 6749 §4.4. The token names the one tenant that it is for, which must be among the client's.</summary>
    private async Task<ClaimsPrincipal?> ServiceAsync(HttpContext context, OpenIddictRequest request, CancellationToken ct)
    {
        if (!TenantId.TryParse((string?)request["tenant"], null, out var tenant)) return null;
        if (!(await clients.TenantsOfAsync(request.ClientId!, ct)).Contains(tenant.Value)) return null;
        context.Audit().Did(AuditAction.Login, tenant.Value, request.ClientId!, RoleTable.Service);
        return GridPrincipal.OfService(request.ClientId!, tenant, request.GetScopes(), Audience, TimeSpan.FromMinutes(options.Value.ServiceTokenMinutes));
    }
}
