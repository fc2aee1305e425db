using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Pages.Components;
using ComplianceGrid.Api.Identity.SignIn;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Api.Identity.Pages;

/// <summary><c>/sign-in/factor</c>: the second factor, or the enrolment of the first one.</summary>
internal static class FactorPages
{
    public static IResult Get(HttpContext context, HalfSignIns halves) =>
        halves.Find(context) is { } half ? PageAnswers.Show<Factor>(new() { [nameof(Factor.Half)] = half }) : PageAnswers.SeeOther("/sign-in");

    public static async Task<IResult> PostAsync(HttpContext context, HalfSignIns halves, SignInCompletion signIns, BrowserSession browser, CancellationToken ct)
    {
        if (halves.Find(context) is not { } half) return PageAnswers.SeeOther("/sign-in");
        var form = await context.Request.ReadFormAsync(ct);
        try
        {
            var tenant = form["tenant"].ToString() is { Length: > 0 } chosen ? chosen : null;
            var method = form["method"] == SignInMethods.RecoveryCode ? SignInMethods.RecoveryCode : SignInMethods.Totp;
            var done = await signIns.CompleteAsync(context, new(half.TempToken, tenant, method, half.IsProved ? null : form["code"].ToString().Trim(), Passkey: null), ct);
            await browser.BeginAsync(context, done);
            HalfSignIns.Forget(context);
            context.Audit().Did(AuditAction.Login, done.Membership);
            return PageAnswers.SeeOther(ReturnAddress.With("/sign-in/continue", half.Return));
        }
        catch (GridException refusal)
        {
            return PageAnswers.Refused<Factor>(context, refusal, new() { [nameof(Factor.Half)] = half });
        }
    }

    /// <summary>The first code of an app: it counts from then on, and the recovery codes are shown, this once.</summary>
    public static async Task<IResult> EnrollAsync(HttpContext context, HalfSignIns halves, FactorEnrollment enrollment, CancellationToken ct)
    {
        if (halves.Find(context) is not { } half) return PageAnswers.SeeOther("/sign-in");
        var form = await context.Request.ReadFormAsync(ct);
        try
        {
            var enrolled = await enrollment.ConfirmTotpAsync(context, new(form["code"].ToString().Trim(), half.TempToken), ct);
            half = half with { Offer = null, IsProved = true };
            halves.Keep(context, half);
            return PageAnswers.Show<Factor>(new() { [nameof(Factor.Half)] = half, [nameof(Factor.RecoveryCodes)] = enrolled.RecoveryCodes });
        }
        catch (GridException refusal)
        {
            return PageAnswers.Refused<Factor>(context, refusal, new() { [nameof(Factor.Half)] = half });
        }
    }
}
