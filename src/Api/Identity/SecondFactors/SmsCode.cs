using System.Globalization;
using System.Security.Cryptography;

namespace ComplianceGrid.Api.Identity.SecondFactors;

/// <summary>
/// A code sent to a telephone, as it is kept. Each try makes the next state, right or wrong; the caller saves it before it says anything, and only
/// over the state that it read, so that parallel guesses do not share a try.
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

    /// <summary>Good once: whatever comes of it, <c>Next</c> is the state to keep.</summary>
    public (SmsOutcome Outcome, SmsCode Next) Try(SecondFactorKey key, Guid account, string code, DateTimeOffset now)
    {
        if (TriesLeft <= 0) return (SmsOutcome.Spent, this);
        if (now >= ExpiresAt) return (SmsOutcome.Expired, this with { TriesLeft = 0 });
        var typed = code.Length <= 4 * Digits ? string.Concat(code.Where(c => c != ' ')) : "";
        return CryptographicOperations.FixedTimeEquals(key.Hash(Use, account, typed), Hash)
            ? (SmsOutcome.Right, this with { TriesLeft = 0 })
            : (SmsOutcome.Wrong, this with { TriesLeft = TriesLeft - 1 });
    }

    /// <summary>What is sent. The last line lets browsers fill the code in on that site alone (WICG origin-bound one-time codes).</summary>
    public static string Text(string issuer, string code, string host, SmsOptions limits) =>
        string.Create(CultureInfo.InvariantCulture, $"{code} is your code for {issuer}. It is good for {limits.Minutes} minutes. Nobody will ever ask you for it.\n\n@{host} #{code}");
}

internal enum SmsOutcome
{
    Wrong,
    Right,
    Expired,

    /// <summary>Used, or tried as often as it may be: only a new code helps.</summary>
    Spent,
}
