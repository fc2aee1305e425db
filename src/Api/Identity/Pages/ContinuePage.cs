using ComplianceGrid.Api.Identity.Pages.Components;
using Microsoft.AspNetCore.Mvc;

namespace ComplianceGrid.Api.Identity.Pages;

/// <summary>
/// The end of a form's way. The page itself leads on, to a client on another host as the case may be: browsers hold redirects of a form to
/// <c>form-action</c>, which names this host alone.
/// </summary>
internal static class ContinuePage
{
    public static async Task<IResult> GetAsync(HttpContext context, [FromQuery(Name = "return")] string? address, BrowserSession browser, CancellationToken ct) =>
        ReturnAddress.Local(address) is { } local ? PageAnswers.Show<Continue>(new() { [nameof(Continue.Next)] = local })
        : await browser.FindAsync(context, ct) is { } ticket ? PageAnswers.Show<Continue>(new() { [nameof(Continue.Tenant)] = ticket.Tenant })
        : PageAnswers.SeeOther("/sign-in");
}
