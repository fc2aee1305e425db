using ComplianceGrid.Api.Identity.Server;
using ComplianceGrid.Api.Security;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;

namespace ComplianceGrid.Api.Identity.Pages;

/// <summary>Signing in by a browser: pages that need no script but for passkeys, before the same services as <c>/api/auth</c>.</summary>
internal static class PagesExtensions
{
    private const int LongestForm = 16 << 10, LongestCredential = 96 << 10; // in a form a passkey that is attested takes half as much again

    public static void AddPages(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddRazorComponents();
        services.AddAntiforgery();
        services.Configure<AntiforgeryOptions>(PageCookies.Configure);
        services.AddSingleton<BrowserSession>().AddSingleton<HalfSignIns>();
        services.AddScoped<SignInRecall>().AddScoped<Consents>();
        services.AddScoped<AuthorizeEndpoint>().AddScoped<UserInfoEndpoint>().AddScoped<EndSessionEndpoint>();
    }

    public static void MapPages(this IEndpointRouteBuilder app)
    {
        app.MapPageAssets();
        var pages = app.MapGroup("").OpenToEverybody().ExcludeFromDescription().AddEndpointFilter<PageFilter>().WithMetadata(new RequestSizeLimitAttribute(LongestForm));
        // Clients send browsers there, some by a form of their own.
        pages.MapMethods(GridGrants.Authorize, [HttpMethods.Get, HttpMethods.Post], AuthorizeEndpoint.HandleAsync).WithName("authorize");
        pages.MapMethods(GridGrants.EndSession, [HttpMethods.Get, HttpMethods.Post], EndSessionEndpoint.HandleAsync).WithName("endSessionOfClient");
        app.MapMethods(GridGrants.UserInfo, [HttpMethods.Get, HttpMethods.Post], UserInfoEndpoint.HandleAsync).WithName("userInfo").OpenToEverybody().ExcludeFromDescription();

        pages.MapGet("/sign-in", SignInPages.Get).WithName("signInPage");
        pages.MapGet("/sign-in/factor", FactorPages.GetAsync).WithName("factorPage");
        pages.MapGet("/sign-in/continue", ContinuePage.GetAsync).WithName("continuePage");
        pages.MapGet("/sign-out", SignOutPages.GetAsync).WithName("signOutPage");
        pages.MapGet("/reset", ResetPages.Get).WithName("resetPage");

        var forms = pages.MapGroup("").AddEndpointFilter<OwnFormFilter>();
        forms.MapPost("/sign-in", SignInPages.PostAsync).WithName("signIn");
        forms.MapPost("/sign-in/factor", FactorPages.PostAsync).WithName("signInFactor");
        forms.MapPost("/sign-in/app", FactorPages.EnrollAppAsync).WithName("signInApp");
        forms.MapPost("/sign-in/sms", FactorPages.SendSmsAsync).WithName("signInSms");
        forms.MapPost("/sign-in/telephone", FactorPages.OfferTelephoneAsync).WithName("signInTelephone");
        forms.MapPost("/sign-in/telephone/code", FactorPages.EnrollTelephoneAsync).WithName("signInTelephoneCode");
        forms.MapPost("/sign-in/passkey", FactorPages.EnrollPasskeyAsync).WithName("signInPasskey").WithMetadata(new RequestSizeLimitAttribute(LongestCredential));
        forms.MapPost("/connect/consent", Consents.PostAsync).WithName("consent");
        forms.MapPost("/sign-out", SignOutPages.PostAsync).WithName("signOut");
        forms.MapPost("/reset", ResetPages.RequestAsync).WithName("resetByPage");
        forms.MapPost("/reset/password", ResetPages.ConfirmAsync).WithName("newPassword");
    }
}
