using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Identity.SignIn;
using Microsoft.AspNetCore.Mvc;
using Page = ComplianceGrid.Api.Identity.Pages.Components.SignIn;

namespace ComplianceGrid.Api.Identity.Pages;

/// <summary><c>/sign-in</c>: name and password.</summary>
internal static class SignInPages
{
    private const int LongestName = 256;

    public static IResult Get([FromQuery(Name = "return")] string? address) =>
        PageAnswers.Show<Page>(new() { [nameof(Page.Return)] = ReturnAddress.Local(address) });

    public static async Task<IResult> PostAsync(HttpContext context, PasswordSignIn signIn, FactorEnrollment enrollment, HalfSignIns halves, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        var (email, address) = (form["email"].ToString().Trim(), ReturnAddress.Local(form["return"]));
        try
        {
            Fields.Text("The e-mail address", email, LongestName);
            var begun = await signIn.BeginAsync(context, email, form["password"].ToString(), ct);
            var offer = begun.Methods.IsEmpty && begun.Enroll.Contains(SignInMethods.Totp) ? await enrollment.OfferTotpAsync(context, begun.TempToken, ct) : null;
            halves.Keep(context, new(begun.TempToken, begun.Methods, begun.Enroll, begun.Tenants, offer is null ? null : new(offer.Secret, offer.OtpauthUri), SentTo: null, IsProved: false, address));
            return PageAnswers.SeeOther("/sign-in/factor");
        }
        catch (GridException refusal)
        {
            return PageAnswers.Refused<Page>(context, refusal, new() { [nameof(Page.Email)] = email, [nameof(Page.Return)] = address });
        }
    }
}
