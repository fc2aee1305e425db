using System.Security.Cryptography;

namespace ComplianceGrid.Api.Identity.SignIn;

internal static class SessionIds
{
    /// <summary>A random UUID (RFC 9562 §5.4): one that names its time could be guessed at.</summary>
    public static Guid New()
    {
        var bytes = RandomNumberGenerator.GetBytes(16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new(bytes, bigEndian: true);
    }
}
