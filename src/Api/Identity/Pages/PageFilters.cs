using ComplianceGrid.Api.Identity.Pages.Components;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Antiforgery;

namespace ComplianceGrid.Api.Identity.Pages;

/// <summary>What every page says to browsers, and how it tells a refusal that it has no better place for.</summary>
internal sealed class PageFilter : IEndpointFilter
{
    public const string Policy = "default-src 'none'; style-src 'self'; form-action 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>For the page that asks for a passkey: its script is a file of ours, and talks to nobody.</summary>
    public static void AllowScript(HttpContext context) => context.Response.Headers.ContentSecurityPolicy = $"{Policy}; script-src 'self'";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var headers = context.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "no-referrer"; // addresses hold a reset's token, a client's state
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-cache, no-store"; // as forms write it too
        // The authorization server has refused a client, and set the status; the endpoint would not even be asked.
        if (context.HttpContext.GetOpenIddictServerResponse() is { Error: not null } refused)
            return Refuse(context.HttpContext, new(GridError.Malformed, refused.ErrorDescription ?? refused.Error), "The application asked wrongly");
        try
        {
            return await next(context);
        }
        catch (GridException refusal)
        {
            return Refuse(context.HttpContext, refusal, "That did not work");
        }
    }

    private static IResult Refuse(HttpContext context, GridException refusal, string title) => PageAnswers.Refused<Notice>(context, refusal, new() { [nameof(Notice.Title)] = title });
}

/// <summary>A form must come from our own page, in the browser that it was sent to.</summary>
internal sealed class OwnFormFilter(IAntiforgery forms) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            await forms.ValidateRequestAsync(context.HttpContext);
        }
        catch (AntiforgeryValidationException)
        {
            throw new GridException(GridError.Malformed, "The form is too old, or did not come from our page. Go back, load the page again, and repeat.");
        }

        return await next(context);
    }
}
