using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace ComplianceGrid.Api.Identity.Passwords;

/// <summary>
/// A stored password: <c>$pbkdf2-sha512$v=1$i=210000$salt$hash</c>, salt and hash in base64. Version 1 is PBKDF2-HMAC-SHA-512 (SP 800-132) over
/// <see cref="PasswordText.Bytes"/>, with 16 bytes of salt and 32 of output. What a row says is held to bounds before any work is done for it.
/// </summary>
internal sealed partial record PasswordHash(int Iterations, byte[] Salt, byte[] Hash)
{
    /// <summary>About 4 s of a core: a stored hash that asks for more is refused, not computed.</summary>
    public const int MostIterations = 4_000_000;

    private const int SaltSize = 16;
    private const int HashSize = 32;

    public static PasswordHash Create(string password, int iterations)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        return new(iterations, salt, Derive(password, salt, iterations));
    }

    public bool Fits(string password) => CryptographicOperations.FixedTimeEquals(Derive(password, Salt, Iterations), Hash);

    public static bool TryParse(string text, [NotNullWhen(true)] out PasswordHash? hash)
    {
        hash = null;
        if (text.Length > 120 || Form().Match(text) is not { Success: true } parts) return false;
        var iterations = int.Parse(parts.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var (salt, output) = (new byte[SaltSize], new byte[HashSize]);
        if (iterations is < 1 or > MostIterations) return false;
        if (!Convert.TryFromBase64Chars(parts.Groups[2].ValueSpan, salt, out var salted) || salted != SaltSize) return false;
        if (!Convert.TryFromBase64Chars(parts.Groups[3].ValueSpan, output, out var hashed) || hashed != HashSize) return false;
        hash = new(iterations, salt, output);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"$pbkdf2-sha512$v=1$i={Iterations}${Convert.ToBase64String(Salt)}${Convert.ToBase64String(Hash)}");

    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(PasswordText.Bytes(password), salt, iterations, HashAlgorithmName.SHA512, HashSize);

    [GeneratedRegex(@"\A\$pbkdf2-sha512\$v=1\$i=([1-9][0-9]{0,8})\$([A-Za-z0-9+/]{22}==)\$([A-Za-z0-9+/]{43}=)\z")]
    private static partial Regex Form();
}
