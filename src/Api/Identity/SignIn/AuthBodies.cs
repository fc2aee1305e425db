using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <param name="Email">The account's name.</param>
internal sealed record LoginBody(string Email, string Password);

/// <param name="MfaRequired">Always: a password alone opens nothing.</param>
/// <param name="TempToken">For the second half, within five minutes.</param>
/// <param name="Methods">What the account can prove itself by now: <c>passkey</c>, <c>totp</c>, <c>sms</c>, <c>recovery_code</c>.</param>
/// <param name="Enroll">What an account that has no factor yet must enroll first; nothing else is open to it.</param>
/// <param name="Tenants">The tenants to choose from.</param>
internal sealed record LoginAnswer(
    [property: JsonPropertyName("mfa_required")] bool MfaRequired, [property: JsonPropertyName("temp_token")] string TempToken,
    ImmutableArray<string> Methods, ImmutableArray<string> Enroll, ImmutableArray<string> Tenants);

/// <param name="TempToken">Of a sign-in that has begun: nothing is enrolled without one.</param>
internal sealed record EnrollBody([property: JsonPropertyName("temp_token")] string? TempToken = null);

/// <param name="Secret">To be typed into the app, in groups of four.</param>
/// <param name="OtpauthUri">The same for a QR code.</param>
/// <param name="Qr">The QR code as an SVG element.</param>
internal sealed record EnrollAnswer(string Secret, [property: JsonPropertyName("otpauth_uri")] string OtpauthUri, string Qr);

/// <param name="Number">E.164; blanks, hyphens, dots and parentheses do not count.</param>
internal sealed record TelephoneBody(string Number, [property: JsonPropertyName("temp_token")] string? TempToken = null);

/// <param name="Telephone">Where the code went, but for its last two digits masked.</param>
/// <param name="ExpiresIn">Seconds for which the code is good.</param>
internal sealed record SmsAnswer(string Telephone, [property: JsonPropertyName("expires_in")] int ExpiresIn);

/// <param name="Method"><c>sms</c>: the code was sent to a telephone. Else an app shows it.</param>
internal sealed record VerifyBody(string Code, [property: JsonPropertyName("temp_token")] string? TempToken = null, string? Method = null);

/// <param name="RecoveryCodes">Shown this once; each stands in for the factor once.</param>
internal sealed record VerifyAnswer([property: JsonPropertyName("recovery_codes")] IReadOnlyList<string> RecoveryCodes);

/// <param name="Ceremony"><c>get</c>: sign in by it. <c>create</c>: enroll one.</param>
internal sealed record PasskeyOptionsAnswer(string Ceremony, JsonElement Options);

internal sealed record PasskeyBody([property: JsonPropertyName("temp_token")] string TempToken, JsonElement Credential);

internal sealed record ResetRequestBody(string Email);

internal sealed record ResetConfirmBody(string Token, string Password);

internal sealed record ChangePasswordBody([property: JsonPropertyName("current_password")] string CurrentPassword, [property: JsonPropertyName("new_password")] string NewPassword);
