using System.Text.Json;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Pages.Components;
using ComplianceGrid.Api.Identity.SignIn;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Api.Identity.Pages;

/// <summary><c>/sign-in/factor</c>: the second factor, or the enrolment of the first one.</summary>
internal static class FactorPages
{
    private const string Passkey = "passkey", Code = "code", SentCode = "sms_code", Number = "number";

    public static async Task<IResult> GetAsync(HttpContext context, HalfSignIns halves, FactorEnrollment enrollment, CancellationToken ct) =>
        halves.Find(context) is not { } half ? PageAnswers.SeeOther("/sign-in")
        : PageAnswers.Show<Factor>(Parameters(half, await PasskeyAsk.NewAsync(context, half, enrollment, ct)));

    public static async Task<IResult> PostAsync(
        HttpContext context, HalfSignIns halves, SignInCompletion signIns, FactorEnrollment enrollment, BrowserSession browser, CancellationToken ct)
    {
        if (halves.Find(context) is not { } half) return PageAnswers.SeeOther("/sign-in");
        var form = await context.Request.ReadFormAsync(ct);
        try
        {
            var done = await signIns.CompleteAsync(context, Proof(half, form), ct);
            await browser.BeginAsync(context, done);
            HalfSignIns.Forget(context);
            context.Audit().Did(AuditAction.Login, done.Membership);
            return PageAnswers.SeeOther(ReturnAddress.With("/sign-in/continue", half.Return));
        }
        catch (GridException refusal)
        {
            return await RefuseAsync(context, refusal, half, form, enrollment, ct);
        }
    }

    /// <summary>The first code of an app: it counts from then on, and the recovery codes are shown, this once.</summary>
    public static Task<IResult> EnrollAppAsync(HttpContext context, HalfSignIns halves, FactorEnrollment enrollment, CancellationToken ct) =>
        EnrollAsync(context, halves, enrollment, (half, form) => enrollment.ConfirmAsync(context, new(form[Code].ToString().Trim(), half.TempToken), ct), ct);

    /// <summary>The code that was sent to a telephone.</summary>
    public static Task<IResult> EnrollTelephoneAsync(HttpContext context, HalfSignIns halves, FactorEnrollment enrollment, CancellationToken ct) =>
        EnrollAsync(context, halves, enrollment, (half, form) => enrollment.ConfirmAsync(context, new(form[SentCode].ToString().Trim(), half.TempToken, SignInMethods.Sms), ct), ct);

    /// <summary>Sends a code to a telephone that may become the first factor.</summary>
    public static Task<IResult> OfferTelephoneAsync(HttpContext context, HalfSignIns halves, FactorEnrollment enrollment, CancellationToken ct) =>
        SendAsync(context, halves, enrollment, (half, form) => enrollment.OfferTelephoneAsync(context, new(form[Number].ToString().Trim(), half.TempToken), ct), ct);

    /// <summary>Sends a code to sign in by.</summary>
    public static Task<IResult> SendSmsAsync(HttpContext context, HalfSignIns halves, FactorEnrollment enrollment, SmsCodes codes, CancellationToken ct) =>
        SendAsync(context, halves, enrollment, (half, _) => codes.SendAsync(context, half.TempToken, ct), ct);

    /// <summary>The first passkey.</summary>
    public static Task<IResult> EnrollPasskeyAsync(HttpContext context, HalfSignIns halves, FactorEnrollment enrollment, CancellationToken ct) =>
        EnrollAsync(context, halves, enrollment, (half, form) => enrollment.AddPasskeyAsync(context, new(half.TempToken, Credential(form)), ct), ct);

    private static async Task<IResult> SendAsync(
        HttpContext context, HalfSignIns halves, FactorEnrollment enrollment, Func<HalfSignIn, IFormCollection, Task<SmsAnswer>> sendAsync, CancellationToken ct)
    {
        if (halves.Find(context) is not { } half) return PageAnswers.SeeOther("/sign-in");
        var form = await context.Request.ReadFormAsync(ct);
        try
        {
            halves.Keep(context, half with { SentTo = (await sendAsync(half, form)).Telephone });
            return PageAnswers.SeeOther("/sign-in/factor");
        }
        catch (GridException refusal)
        {
            return await RefuseAsync(context, refusal, half, form, enrollment, ct);
        }
    }

    private static async Task<IResult> EnrollAsync(
        HttpContext context, HalfSignIns halves, FactorEnrollment enrollment, Func<HalfSignIn, IFormCollection, Task<VerifyAnswer>> enrollAsync, CancellationToken ct)
    {
        if (halves.Find(context) is not { } half) return PageAnswers.SeeOther("/sign-in");
        var form = await context.Request.ReadFormAsync(ct);
        try
        {
            var enrolled = await enrollAsync(half, form);
            half = half with { Offer = null, SentTo = null, IsProved = true };
            halves.Keep(context, half);
            var parameters = Parameters(half, passkey: null);
            if (half.TakesRecoveryCodes) parameters[nameof(Factor.RecoveryCodes)] = enrolled.RecoveryCodes;
            return PageAnswers.Show<Factor>(parameters);
        }
        catch (GridException refusal)
        {
            return await RefuseAsync(context, refusal, half, form, enrollment, ct);
        }
    }

    private static async Task<IResult> RefuseAsync(
        HttpContext context, GridException refusal, HalfSignIn half, IFormCollection form, FactorEnrollment enrollment, CancellationToken ct)
    {
        PasskeyAsk? passkey = null;
        try
        {
            passkey = await PasskeyAsk.NewAsync(context, half, enrollment, ct);
        }
        catch (GridException)
        {
            // The sign-in is over, as the refusal says that is shown.
        }

        var parameters = Parameters(half, passkey);
        parameters[nameof(Factor.Wrong)] = new[] { Code, SentCode, Number }.FirstOrDefault(form.ContainsKey);
        return PageAnswers.Refused<Factor>(context, refusal, parameters);
    }

    private static Dictionary<string, object?> Parameters(HalfSignIn half, PasskeyAsk? passkey) => new() { [nameof(Factor.Half)] = half, [nameof(Factor.Passkey)] = passkey };

    private static Proof Proof(HalfSignIn half, IFormCollection form)
    {
        var tenant = form["tenant"].ToString() is { Length: > 0 } chosen ? chosen : null;
        if (half.IsProved) return new(half.TempToken, tenant, Method: null, Code: null, Passkey: null);
        if (form.ContainsKey(Passkey)) return new(half.TempToken, tenant, SignInMethods.Passkey, Code: null, Answer(form));
        return new(half.TempToken, tenant, form["method"].ToString() is { Length: > 0 } method ? method : null, form[Code].ToString().Trim(), Passkey: null);
    }

    private static JsonElement Credential(IFormCollection form)
    {
        try
        {
            return JsonElement.Parse(Answer(form));
        }
        catch (JsonException)
        {
            throw new GridException(GridError.Malformed, "The passkey did not come as browsers send it. Load the page again, and repeat.");
        }
    }

    /// <summary>A form that was sent without script is no try.</summary>
    private static string Answer(IFormCollection form) => form[Passkey].ToString() is { Length: > 0 } answer
        ? answer : throw new GridException(GridError.Invalid, "A passkey needs script. Let your browser run this site's, and load the page again.");
}
