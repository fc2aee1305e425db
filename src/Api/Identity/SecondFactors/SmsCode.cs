using System.Globalization;
using System.Security.Cryptography;

namespace ComplianceGrid.Api.Identity.SecondFactors;

/// <summary>
/// A code sent to a telephone, as it is kept. A try is spent before it is looked at, and only over the state that was read, so that parallel guesses
/// do not share one.
/// </summary>
/// <param name="Hash">Keyed, over account and code.</param>
internal sealed record SmsCode(byte[] Hash, DateTimeOffset ExpiresAt, int TriesLeft)
{
    private const int Digits = 6;
    private const string Use = "sms code";

    public static (string Code, SmsCode Kept) Issue(SecondFactorKey key, Guid account, SmsOptions limits, DateTimeOffset now)
    {
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        return (code, new(key.Hash(Use, account, code), now.AddMinutes(limits.Minutes), limits.Tries));
    }

    /// <summary>To be kept before the try is looked at.</summary>
    public SmsCode Spend() => this with { TriesLeft = Math.Max(0, TriesLeft - 1) };

    /// <summary>Of the state as it was before the try was spent.</summary>
    public bool Fits(SecondFactorKey key, Guid account, string code, DateTimeOffset now)
    {
        var typed = code.Length <= 4 * Digits ? string.Concat(code.Where(c => c != ' ')) : "";
        return CryptographicOperations.FixedTimeEquals(key.Hash(Use, account, typed), Hash) && TriesLeft > 0 && now < ExpiresAt;
    }

    /// <summary>What is sent. The last line lets browsers fill the code in on that site alone (WICG origin-bound one-time codes).</summary>
    public static string Text(string issuer, string code, string host, SmsOptions limits) =>
        string.Create(CultureInfo.InvariantCulture, $"{code} is your code for {issuer}. It is good for {limits.Minutes} minutes. Nobody will ever ask you for it.\n\n@{host} #{code}");
}
