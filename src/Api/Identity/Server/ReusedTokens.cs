using ComplianceGrid.Api.Identity.Sessions;
using ComplianceGrid.Identity;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>
/// A refresh token or a code that comes a second time was stolen, from the one or from the other (RFC 9700 §4.14.2). OpenIddict revokes the
/// whole family of tokens; here the session that they belong to ends, so that access tokens die with it.
/// </summary>
internal sealed class ReusedTokens(IOpenIddictTokenManager tokens, IServiceProvider services) : IOpenIddictServerHandler<ValidateTokenContext>
{
    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenContext>()
        .UseScopedHandler<ReusedTokens>()
        .SetOrder(OpenIddictServerHandlers.Protection.ValidateTokenEntry.Descriptor.Order - 1)
        .Build();

    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.Principal is not { } principal || context.TokenId is not { Length: > 0 } id) return;
        if (!principal.HasTokenType(TokenTypeIdentifiers.RefreshToken) && !principal.HasTokenType(TokenTypeIdentifiers.Private.AuthorizationCode)) return;
        if (await tokens.FindByIdAsync(id, context.CancellationToken) is not { } token || !await tokens.HasStatusAsync(token, Statuses.Redeemed, context.CancellationToken)) return;
        if (GridPrincipal.SessionOf(principal) is { } session && GridPrincipal.AccountOf(principal) is { } account)
            await services.GetRequiredService<AccountSessions>().EndAsync(account, session.Session, SessionEndReason.TokenReused);
    }
}
