using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace ComplianceGrid.Gateway.Vendors.Checkr;

/// <summary>
/// <c>X-Checkr-Signature</c>: HMAC-SHA256 over the raw body, lower-case hexadecimal. It carries no time, so a replay is
/// recognised by its event id alone.
/// </summary>
internal static class CheckrSignature
{
    public const string Header = "X-Checkr-Signature";
    private const int HexLength = 64;
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    public static string Of(ReadOnlySpan<byte> body, ReadOnlySpan<byte> key) => Convert.ToHexStringLower(HMACSHA256.HashData(key, body));

    public static bool Fits(string? signature, ReadOnlySpan<byte> body, IReadOnlyList<byte[]> keys)
    {
        if (signature is not { Length: HexLength } || signature.AsSpan().ContainsAnyExcept(LowerHex)) return false;
        Span<byte> given = stackalloc byte[HexLength];
        Encoding.ASCII.GetBytes(signature, given);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> expected = stackalloc byte[HexLength];
        var fits = false;
        foreach (var key in keys)
        {
            HMACSHA256.HashData(key, body, hash);
            Convert.TryToHexStringLower(hash, expected, out _);
            fits |= CryptographicOperations.FixedTimeEquals(given, expected); // every key is tried: the time tells not which one fits
        }

        return fits;
    }
}
