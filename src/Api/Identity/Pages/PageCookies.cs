using Microsoft.AspNetCore.Antiforgery;

namespace ComplianceGrid.Api.Identity.Pages;

/// <summary>
/// The pages' cookies. The prefix <c>__Host-</c> (RFC 6265bis §4.1.3.2) keeps a neighbouring host from setting them; Lax, because a client's
/// page sends the browser here, and it must be known then.
/// </summary>
internal static class PageCookies
{
    public const string Form = "__Host-form";
    public const string FormField = "form_token";

    public static CookieOptions Options(TimeSpan? life = null) => new()
    {
        HttpOnly = true,
        Secure = true,
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = life,
        IsEssential = true,
    };

    public static void Configure(AntiforgeryOptions forms)
    {
        forms.Cookie = new AlwaysSecure { Name = Form, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };
        forms.FormFieldName = FormField;
        forms.HeaderName = null;
        forms.SuppressXFrameOptionsHeader = true; // the Content-Security-Policy says it
    }

    // Behind a proxy that ends TLS, and on a developer's machine, the request itself is plain; browsers take such a cookie from there all the same.
    private sealed class AlwaysSecure : CookieBuilder
    {
        public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
        {
            var options = base.Build(context, expiresFrom);
            options.Secure = true;
            return options;
        }
    }
}
