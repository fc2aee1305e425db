using System.Collections.Immutable;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Pages;
using ComplianceGrid.Audit;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>What people have allowed clients that are not ours to know of them. Tokens do not hang on it: revoking one family leaves the others.</summary>
internal sealed class Consents(IOpenIddictAuthorizationManager authorizations, IOpenIddictApplicationManager applications)
{
    public async Task<bool> IsGivenAsync(Guid account, string client, ImmutableArray<string> scopes, CancellationToken ct)
    {
        if (await IdOfAsync(client, ct) is not { } id) return false;
        return await authorizations.FindAsync(account.ToString("D"), id, Statuses.Valid, AuthorizationTypes.Permanent, scopes, ct).AnyAsync(ct);
    }

    public static async Task<IResult> PostAsync(HttpContext context, Consents consents, BrowserSession browser, SignInRecall recall, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        if (await browser.FindAsync(context, ct) is not { } ticket || await recall.FindAsync(ticket.Account, ticket.Key, ticket.Methods, ct) is not { } signedIn)
            return PageAnswers.SeeOther("/sign-in");
        context.Audit().Did(AuditAction.Create, signedIn.Membership);
        await consents.GiveAsync(ticket.Account, form["client"].ToString(), [.. form["scope"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)], ct);
        return PageAnswers.SeeOther(ReturnAddress.With("/sign-in/continue", ReturnAddress.Local(form["return"])));
    }

    private async Task GiveAsync(Guid account, string client, ImmutableArray<string> scopes, CancellationToken ct)
    {
        if (await IdOfAsync(client, ct) is not { } id) throw new GridException(GridError.Invalid, "There is no such application any more.");
        if (await IsGivenAsync(account, client, scopes, ct)) return;
        var given = new OpenIddictAuthorizationDescriptor { ApplicationId = id, Subject = account.ToString("D"), Status = Statuses.Valid, Type = AuthorizationTypes.Permanent };
        given.Scopes.UnionWith(scopes);
        await authorizations.CreateAsync(given, ct);
    }

    private async Task<string?> IdOfAsync(string client, CancellationToken ct) =>
        client.Length is > 0 and <= 100 && await applications.FindByClientIdAsync(client, ct) is { } application ? await applications.GetIdAsync(application, ct) : null;
}
