using System.Text.Json;
using System.Text.Json.Serialization;

namespace ComplianceGrid.Api.Identity.Server;

// What the authorization server takes and gives at the addresses of /api/auth, for the document: it reads and writes them itself (ReadTokenRequest).

/// <param name="TempToken">Of the first half.</param>
/// <param name="Method">What the code is: <c>totp</c> (absent, too), <c>sms</c> or <c>recovery_code</c>.</param>
/// <param name="Passkey">What <c>toJSON()</c> of the browser's answer gives.</param>
/// <param name="Tenant">One of those that the first half named; needed where there are several.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ChallengeBody(
    [property: JsonPropertyName("temp_token")] string TempToken, string? Method = null, [property: JsonPropertyName("mfa_code")] string? MfaCode = null, JsonElement? Passkey = null,
    string? Tenant = null);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record RefreshBody([property: JsonPropertyName("refresh_token")] string RefreshToken);

/// <param name="Tenant">Another one of the person's.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record SwitchBody([property: JsonPropertyName("refresh_token")] string RefreshToken, string Tenant);

/// <param name="ExpiresIn">Seconds for which the access token is good.</param>
/// <param name="IdToken">Who signed in, for the application alone (OpenID Connect Core §2).</param>
/// <param name="RefreshToken">Good once.</param>
/// <param name="Scope">Of a renewal.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record TokensAnswer(
    [property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("token_type")] string TokenType, [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("id_token")] string IdToken, [property: JsonPropertyName("refresh_token")] string RefreshToken, string? Scope = null);
