using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Pages.Components;
using ComplianceGrid.Api.Identity.Server;
using Microsoft.AspNetCore.Mvc;

namespace ComplianceGrid.Api.Identity.Pages;

/// <summary><c>/sign-out</c>.</summary>
internal static class SignOutPages
{
    public static async Task<IResult> GetAsync(HttpContext context, [FromQuery(Name = "return")] string? address, BrowserSession browser, CancellationToken ct) =>
        PageAnswers.Show<SignOut>(new() { [nameof(SignOut.IsSignedIn)] = await browser.FindAsync(context, ct) is not null, [nameof(SignOut.Return)] = ReturnAddress.Local(address) });

    public static async Task<IResult> PostAsync(HttpContext context, BrowserSession browser, SignInRecall recall, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        if (await browser.FindAsync(context, ct) is { } ticket && await recall.FindAsync(ticket.Account, ticket.Key, ticket.Methods, ct) is { } signedIn)
            context.Audit().Member(signedIn.Membership);
        await browser.EndAsync(context);
        return PageAnswers.SeeOther(ReturnAddress.Local(form["return"]) is { } local ? ReturnAddress.With("/sign-in/continue", local) : "/sign-out");
    }
}
