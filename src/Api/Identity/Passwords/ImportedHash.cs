using System.Globalization;
using System.Text.RegularExpressions;

namespace ComplianceGrid.Api.Identity.Passwords;

/// <summary>
/// A bcrypt hash that came with an imported account: read once, and replaced at the first good log-on, because bcrypt is not FIPS-approved.
/// It was made of what was typed, so nothing is normalized here; bcrypt sees the first 72 bytes alone, so no more count, as where it came from.
/// </summary>
internal static partial class ImportedHash
{
    /// <summary>2^14 rounds are about a second. A row that asks for more is refused, not computed.</summary>
    private const int MostCost = 14;

    public static bool IsOne(string text) =>
        Form().Match(text) is { Success: true } parts && int.Parse(parts.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is >= 4 and <= MostCost;

    // At a NUL some makers ended, others went on.
    public static bool Fits(string password, string hash) => !password.Contains('\0', StringComparison.Ordinal) && BCrypt.Net.BCrypt.Verify(password, hash);

    [GeneratedRegex(@"\A\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}\z")]
    private static partial Regex Form();
}
