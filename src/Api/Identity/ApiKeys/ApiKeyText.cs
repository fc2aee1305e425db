using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ComplianceGrid.Api.Identity.ApiKeys;

/// <summary>
/// A key as it is handed out: <c>cg_{prefix}_{secret}</c>, the prefix shown everywhere, the secret (256 bits, base64url) once.
/// </summary>
internal readonly record struct ApiKeyText(string Prefix, string Secret)
{
    /// <summary>How an API key begins; no other credential here does, so that scanners for leaked secrets can tell one.</summary>
    public const string Mark = "cg_";

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int PrefixSize = 10;
    private const int SecretBytes = 32;
    private const int SecretSize = 43;

    public static ApiKeyText New() => new(RandomNumberGenerator.GetString(Alphabet, PrefixSize), NewSecret());

    public ApiKeyText WithNewSecret() => new(Prefix, NewSecret());

    // By place, not by the underscore, which is a letter of base64url.
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out ApiKeyText? key)
    {
        key = null;
        if (text.Length != Mark.Length + PrefixSize + 1 + SecretSize || !text.StartsWith(Mark, StringComparison.Ordinal) || text[Mark.Length + PrefixSize] != '_') return false;
        var prefix = text.Slice(Mark.Length, PrefixSize);
        var secret = text[^SecretSize..];
        if (prefix.ContainsAnyExcept(Alphabet) || !Base64Url.IsValid(secret)) return false;
        key = new(prefix.ToString(), secret.ToString());
        return true;
    }

    public override string ToString() => $"{Mark}{Prefix}_{Secret}";

    private static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
}
