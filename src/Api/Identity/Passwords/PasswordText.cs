using System.Globalization;
using System.Text;
using ADRaffy.ENSNormalize;

namespace ComplianceGrid.Api.Identity.Passwords;

/// <summary>
/// A password as it is compared, whatever keyboard it came from: RFC 8265 §4.2.2 (OpaqueString) with spaces of any kind as U+0020 and
/// canonical composition (NFC). Case and compatibility forms stay as typed. <c>string.Normalize</c> would do nothing here: the hosts run with
/// InvariantGlobalization.
/// </summary>
internal static class PasswordText
{
    private const int Replacement = 0xFFFD;

    /// <summary>The bytes that are hashed. Never fails: half a surrogate pair, which is no character, is U+FFFD.</summary>
    public static byte[] Bytes(string password) => Encoding.UTF8.GetBytes(Normalize(password));

    public static string Normalize(string password) => IsAscii(password)
        ? password
        : Join(ENSNormalize.NF.NFC([.. password.EnumerateRunes().Select(Space)]));

    /// <summary>For look-ups, not for hashing: lower case, without accents.</summary>
    public static string Fold(string text) => IsAscii(text)
        ? text.ToLowerInvariant()
        : Join(ENSNormalize.NF.NFD([.. text.EnumerateRunes().Select(Space)]).Where(IsNoMark)).ToLowerInvariant();

    /// <summary>Unicode code points.</summary>
    public static int Length(string text) => text.EnumerateRunes().Count();

    /// <summary>Characters that cannot be typed again for certain: controls, and what Unicode has not assigned yet (its normal form may change).</summary>
    public static bool HasUnusable(string password) => password.EnumerateRunes().Any(rune => rune.Value == Replacement
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned);

    private static int Space(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator ? ' ' : rune.Value;

    private static bool IsNoMark(int point) => Rune.GetUnicodeCategory(new Rune(point)) != UnicodeCategory.NonSpacingMark;

    private static bool IsAscii(string text) => Ascii.IsValid(text);

    private static string Join(IEnumerable<int> points)
    {
        var text = new StringBuilder();
        foreach (var point in points) text.Append(new Rune(point).ToString());
        return text.ToString();
    }
}
