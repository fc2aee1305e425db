using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Pages;
using ComplianceGrid.Audit;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Server.AspNetCore;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>
/// Where a client sends a browser to be signed out (OpenID Connect RP-Initiated Logout 1.0). Whoever shows an identity token of the very
/// session is believed; anyone else's wish is put to the person first (§2), or any page could sign people out.
/// </summary>
internal sealed class EndSessionEndpoint(BrowserSession browser, SignInRecall recall)
{
    public static Task<IResult> HandleAsync(HttpContext context, EndSessionEndpoint endpoint, CancellationToken ct) => endpoint.EndAsync(context, ct);

    private async Task<IResult> EndAsync(HttpContext context, CancellationToken ct)
    {
        if (HttpMethods.IsPost(context.Request.Method)) return PageAnswers.SeeOther(GridGrants.EndSession + QueryString.Create(await context.Request.ReadFormAsync(ct)));
        if (await browser.FindAsync(context, ct) is { } ticket)
        {
            var hint = (await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal;
            if (hint is null || GridPrincipal.SessionOf(hint) != ticket.Key)
                return PageAnswers.SeeOther(ReturnAddress.With("/sign-out", ReturnAddress.Local(GridGrants.EndSession + context.Request.QueryString)));
            if (await recall.FindAsync(ticket.Account, ticket.Key, ticket.Methods, ct) is { } signedIn)
                context.Audit().Did(AuditAction.Logout, signedIn.Membership);
            await browser.EndAsync(context);
        }

        return Results.SignOut(new AuthenticationProperties { RedirectUri = "/sign-out" }, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
    }
}
