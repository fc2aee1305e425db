using ComplianceGrid.Api.Identity.SignIn;

namespace ComplianceGrid.Api.Identity.Pages;

/// <summary>What the page's script hands to the browser.</summary>
/// <param name="Ceremony"><c>get</c>: sign in by a passkey. <c>create</c>: enroll one.</param>
/// <param name="Options">JSON, as <c>PublicKeyCredential.parseRequestOptionsFromJSON</c> takes it.</param>
public sealed record PasskeyAsk(string Ceremony, string Options)
{
    /// <summary>Each page that is shown has a challenge of its own: the one before is void.</summary>
    /// <returns>Null: there is no passkey to ask for.</returns>
    internal static async Task<PasskeyAsk?> NewAsync(HttpContext context, HalfSignIn half, FactorEnrollment enrollment, CancellationToken ct)
    {
        if (!half.TakesPasskey) return null;
        var asked = await enrollment.OptionsAsync(context, half.TempToken, ct);
        PageFilter.AllowScript(context);
        return new(asked.Ceremony, asked.Options.GetRawText());
    }
}
