using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Identity.Pages.Components;
using ComplianceGrid.Api.Identity.SignIn;

namespace ComplianceGrid.Api.Identity.Pages;

/// <summary><c>/reset</c>: asks for a link by mail. <c>/reset?token=</c>: where the link leads.</summary>
internal static class ResetPages
{
    private const int LongestName = 256, LongestToken = 200;

    public static IResult Get(string? token) => token is { Length: > 0 and <= LongestToken }
        ? PageAnswers.Show<NewPassword>(new() { [nameof(NewPassword.Secret)] = token })
        : PageAnswers.Show<Reset>();

    public static async Task<IResult> RequestAsync(HttpContext context, PasswordReset reset, CancellationToken ct)
    {
        var email = (await context.Request.ReadFormAsync(ct))["email"].ToString().Trim();
        try
        {
            Fields.Text("The e-mail address", email, LongestName);
            await reset.RequestAsync(email, ct);
            return PageAnswers.Show<Notice>(new()
            {
                [nameof(Notice.Title)] = "Look into your mail",
                [nameof(Notice.Text)] = "If there is an account of this address, a link is on its way to it. It works once, for 15 minutes.",
            });
        }
        catch (GridException refusal)
        {
            return PageAnswers.Refused<Reset>(context, refusal, new() { [nameof(Reset.Email)] = email });
        }
    }

    public static async Task<IResult> ConfirmAsync(HttpContext context, PasswordReset reset, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        var token = form["token"].ToString();
        try
        {
            Fields.Text("The link's token", token, LongestToken);
            if (form["password"] != form["again"]) throw new GridException(GridError.Invalid, "The two passwords differ. Type the same twice.");
            await reset.ConfirmAsync(context, token, form["password"].ToString(), ct);
            return PageAnswers.Show<Notice>(new()
            {
                [nameof(Notice.Title)] = "Your password is set",
                [nameof(Notice.Text)] = "Wherever you were signed in, you are not any more.",
                [nameof(Notice.LeadsToSignIn)] = true,
            });
        }
        catch (GridException refusal)
        {
            return PageAnswers.Refused<NewPassword>(context, refusal, new() { [nameof(NewPassword.Secret)] = token });
        }
    }
}
