using System.Buffers.Text;
using System.Security.Cryptography;

namespace ComplianceGrid.Api.Identity.Mail;

/// <summary>
/// A token that is mailed, as it is kept: its SHA-256 alone, because 256 random bits cannot be guessed from it. Good once and not for long
/// (SP 800-63B §4.2 allows 24 hours by mail; a reset here has 15 minutes).
/// </summary>
/// <param name="Hash">32 bytes; unique, and what the row is looked up by.</param>
internal sealed record OneTimeToken(byte[] Hash, DateTimeOffset ExpiresAt)
{
    public static readonly TimeSpan ResetLife = TimeSpan.FromMinutes(15);
    private const int Size = 32;
    private const int Characters = 43;

    /// <returns>The token for the message (43 characters, safe in a URL), which is kept nowhere, and what is kept.</returns>
    public static (string Token, OneTimeToken Kept) Issue(DateTimeOffset now, TimeSpan life)
    {
        var random = RandomNumberGenerator.GetBytes(Size);
        return (Base64Url.EncodeToString(random), new(SHA256.HashData(random), now + life));
    }

    /// <summary>What to look a row up by; null: it cannot be one.</summary>
    public static byte[]? HashOf(string token)
    {
        if (token.Length != Characters || !Base64Url.IsValid(token, out var size) || size != Size) return null;
        var random = Base64Url.DecodeFromChars(token);
        // Of the last character two bits carry nothing: one token has one spelling.
        return Base64Url.EncodeToString(random) == token ? SHA256.HashData(random) : null;
    }
}
