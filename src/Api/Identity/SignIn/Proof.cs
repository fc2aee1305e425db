using OpenIddict.Abstractions;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>The second half of a sign-in, as it was sent.</summary>
/// <param name="TempToken">From the first half.</param>
/// <param name="Tenant">Which of the account's tenants the tokens are for; needed when it has several.</param>
/// <param name="Method">What the code is, see <see cref="SignInMethods"/>; null: of the authenticator app.</param>
/// <param name="Code">Of the authenticator app, one that was sent to the telephone, or a recovery code.</param>
/// <param name="Passkey">A passkey's assertion (WebAuthn), as JSON.</param>
internal sealed record Proof(string? TempToken, string? Tenant, string? Method, string? Code, string? Passkey)
{
    public static Proof Of(OpenIddictRequest request) => new(
        (string?)request["temp_token"], (string?)request["tenant"], (string?)request["method"], (string?)request["mfa_code"], (string?)request["passkey"]);
}
