using System.Collections.Immutable;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Pages;
using ComplianceGrid.Api.Identity.SignIn;
using ComplianceGrid.Audit;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using AuthenticationOptions = ComplianceGrid.Api.Security.AuthenticationOptions;
using ConsentPage = ComplianceGrid.Api.Identity.Pages.Components.Consent;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>
/// Where a client sends a browser to be known (RFC 6749 §3.1, OpenID Connect Core §3.1.2). OpenIddict has checked client, redirect URI and
/// PKCE before this is asked, and makes the code after.
/// </summary>
internal sealed class AuthorizeEndpoint(
    BrowserSession browser, SignInRecall recall, ClientDirectory clients, Consents consents, TimeProvider clock, IOptions<AuthenticationOptions> authentication)
{
    private const string Denied = "consent";

    public static Task<IResult> HandleAsync(HttpContext context, AuthorizeEndpoint endpoint, CancellationToken ct) => endpoint.AuthorizeAsync(context, ct);

    private async Task<IResult> AuthorizeAsync(HttpContext context, CancellationToken ct)
    {
        var request = context.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("This is no authorization request.");
        // A form of another site comes without our cookie; a browser that is led on brings it.
        if (HttpMethods.IsPost(context.Request.Method)) return PageAnswers.SeeOther(AddressOf(await context.Request.ReadFormAsync(ct)));

        if (await SignedInAsync(context, request, ct) is not { } signedIn)
        {
            return request.HasPromptValue(PromptValues.None)
                ? Refuse(Errors.LoginRequired, "Nobody is signed in.")
                : PageAnswers.SeeOther(ReturnAddress.With("/sign-in", AddressOf(context.Request.Query, PromptValues.Login)));
        }

        context.Audit().Did(AuditAction.Read, signedIn.Membership);
        if (await ConsentAsync(context, request, signedIn, ct) is { } answer) return answer;
        var principal = GridPrincipal.OfPerson(signedIn.Account, signedIn.Membership, signedIn.Session, signedIn.Methods, request.GetScopes(), authentication.Value.Audience, clock.GetUtcNow());
        return Results.SignIn(principal, authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private async Task<SignedIn?> SignedInAsync(HttpContext context, OpenIddictRequest request, CancellationToken ct)
    {
        if (request.HasPromptValue(PromptValues.Login) || request.HasPromptValue(PromptValues.SelectAccount)) return null;
        if (await browser.FindAsync(context, ct) is not { } ticket) return null;
        var signedIn = await recall.FindAsync(ticket.Account, ticket.Key, ticket.Methods, ct);
        return request.MaxAge is { } most && clock.GetUtcNow() - signedIn?.Session.SignedInAt > TimeSpan.FromSeconds(most) ? null : signedIn;
    }

    /// <returns>Null: the client may know.</returns>
    private async Task<IResult?> ConsentAsync(HttpContext context, OpenIddictRequest request, SignedIn signedIn, CancellationToken ct)
    {
        var (isOurs, name) = await clients.AboutAsync(request.ClientId!, ct);
        if (isOurs) return null;
        if ((string?)request[Denied] == "denied") return Refuse(Errors.AccessDenied, "The person did not allow it.");
        var isAsked = request.HasPromptValue(PromptValues.Consent);
        if (!isAsked && await consents.IsGivenAsync(signedIn.Account.Id, request.ClientId!, request.GetScopes(), ct)) return null;
        if (request.HasPromptValue(PromptValues.None)) return Refuse(Errors.ConsentRequired, "The person has not allowed it yet.");
        return PageAnswers.Show<ConsentPage>(new()
        {
            [nameof(ConsentPage.Client)] = name,
            [nameof(ConsentPage.ClientId)] = request.ClientId,
            [nameof(ConsentPage.Scopes)] = (IReadOnlyList<string>)request.GetScopes(),
            [nameof(ConsentPage.Return)] = AddressOf(context.Request.Query, PromptValues.Consent),
        });
    }

    /// <param name="done">The prompt that the way back must not ask for again.</param>
    private static string AddressOf(IEnumerable<KeyValuePair<string, StringValues>> given, string? done = null)
    {
        var left = given.Where(parameter => done is null || (parameter.Key != Parameters.Prompt && parameter.Key != Denied && (parameter.Key != Parameters.MaxAge || done != PromptValues.Login))).ToList();
        ImmutableArray<string> prompts = done is null ? [] : [.. given.Where(parameter => parameter.Key == Parameters.Prompt).SelectMany(parameter => parameter.Value.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(prompt => prompt != done && prompt != PromptValues.SelectAccount)];
        if (!prompts.IsEmpty) left.Add(new(Parameters.Prompt, string.Join(' ', prompts)));
        return GridGrants.Authorize + QueryString.Create(left);
    }

    private static IResult Refuse(string error, string description) => Results.Forbid(new AuthenticationProperties(new Dictionary<string, string?>
    {
        [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
        [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
    }), [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
}
