using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ComplianceGrid.TestKit.People;

/// <summary>An authenticator app (RFC 6238), written from the standard: what checks a code must not be what made it.</summary>
/// <param name="spelled">The secret as it is typed into the app, in base 32.</param>
public sealed class AuthenticatorApp(string spelled)
{
    private readonly byte[] _secret = Base32(spelled.Replace(" ", "", StringComparison.Ordinal));

    /// <param name="ahead">Steps of 30 seconds from now.</param>
    public string Code(int ahead = 0)
    {
        Span<byte> step = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(step, (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30) + ahead);
#pragma warning disable CA5350 // SHA-1 is what RFC 6238 has, and collisions play no part in an HMAC
        var mac = HMACSHA1.HashData(_secret, step);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(mac.AsSpan(mac[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("000000", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static byte[] Base32(string text)
    {
        var bits = string.Concat(text.Select(character => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(character, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(chunk => chunk.Length == 8).Select(chunk => Convert.ToByte(new string(chunk), 2))];
    }
}
