using System.Security.Cryptography;
using System.Text;
using OtpNet;

namespace ComplianceGrid.Api.Identity.SecondFactors;

/// <summary>
/// Codes of an authenticator app: RFC 6238 with HMAC-SHA-1 (which every app knows, and in which SHA-1's collisions play no part), 6 digits, 30 s,
/// one step of drift either way.
/// </summary>
internal static class Totp
{
    /// <summary>RFC 4226 §4, R6: 160 bits.</summary>
    public const int SecretSize = 20;

    private const int Seconds = 30;
    private const int Digits = 6;

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretSize);

    /// <summary>
    /// The step whose code this is, if it is later than the last one used; null: wrong, or used (RFC 6238 §5.2). The caller keeps the step,
    /// and only where nobody kept that one or a later one meanwhile: <c>… SET last_step = @step WHERE last_step &lt; @step OR last_step IS NULL</c>.
    /// </summary>
    /// <param name="code">As typed: spaces in it do not count.</param>
    /// <param name="lastUsed">Of this account, whatever secret it had then; null: none yet.</param>
    public static long? Match(byte[] secret, string code, DateTimeOffset now, long? lastUsed)
    {
        if (Read(code) is not { } typed) return null;
        var current = StepOf(now);
        long? match = null;
        // All three, whichever fits: an answer's time does not tell.
        for (var step = current - 1; step <= current + 1; step++)
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Code(secret, step)), typed) && (lastUsed is null || step > lastUsed))
                match ??= step;
        return match;
    }

    public static long StepOf(DateTimeOffset at) => Math.DivRem(at.ToUnixTimeSeconds(), Seconds, out _);

    /// <summary>For the app: <c>otpauth://totp/Issuer:account?secret=…&amp;issuer=Issuer…</c>.</summary>
    public static string UriOf(byte[] secret, string issuer, string account) =>
        new OtpUri(OtpType.Totp, secret, account.Replace(":", "", StringComparison.Ordinal), issuer, OtpHashMode.Sha1, Digits, Seconds).ToUri().AbsoluteUri;

    /// <summary>For who types the secret instead of scanning it: groups of four.</summary>
    public static string Spelled(byte[] secret) => string.Join(' ', Base32Encoding.ToString(secret).TrimEnd('=').Chunk(4).Select(part => new string(part)));

    internal static string Code(byte[] secret, long step, int digits = Digits) =>
        new OtpNet.Totp(secret, Seconds, OtpHashMode.Sha1, digits).ComputeTotp(DateTimeOffset.FromUnixTimeSeconds(step * Seconds).UtcDateTime);

    private static byte[]? Read(string code)
    {
        if (code.Length > 2 * Digits) return null;
        var typed = code.Where(c => c != ' ').ToArray();
        return typed.Length == Digits && typed.All(char.IsAsciiDigit) ? Encoding.ASCII.GetBytes(typed) : null;
    }
}
