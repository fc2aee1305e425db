using ComplianceGrid.Api.Identity.Sessions;
using ComplianceGrid.Api.Security;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>
/// Which tokens a service is told of (RFC 7662 §2.1, §4): those of the tenants that it was registered for, and its own. Of a session that has
/// ended no token is active, whatever its own end: here as at the API.
/// </summary>
internal sealed class IntrospectedTokens(ClientDirectory clients, IServiceProvider services) : IOpenIddictServerHandler<ValidateIntrospectionRequestContext>
{
    /// <summary>In place of OpenIddict's own, which knows no tenants.</summary>
    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateIntrospectionRequestContext>()
        .UseScopedHandler<IntrospectedTokens>()
        .SetOrder(OpenIddictServerHandlers.Introspection.ValidateAuthorizedParty.Descriptor.Order)
        .Build();

    public async ValueTask HandleAsync(ValidateIntrospectionRequestContext context)
    {
        if (context.GenericTokenPrincipal is not { } principal || context.ClientId is not { } client) return;
        if (!await MayAskAsync(client, principal, context.CancellationToken)) Reject(context);
        else if (GridPrincipal.SessionOf(principal) is { } session && !await services.GetRequiredService<SessionGate>().IsAliveAsync(session, context.CancellationToken)) Reject(context);
    }

    private async Task<bool> MayAskAsync(string client, System.Security.Claims.ClaimsPrincipal principal, CancellationToken ct) =>
        principal.HasPresenter(client)
        || (principal.HasTokenType(TokenTypeIdentifiers.AccessToken) && principal.GetClaim(TokenClaims.Tenant) is { } tenant && (await clients.TenantsOfAsync(client, ct)).Contains(tenant));

    private static void Reject(ValidateIntrospectionRequestContext context) => context.Reject(Errors.InvalidToken, "The token is not active.");
}
