using System.Security.Cryptography;

namespace ComplianceGrid.Api.Identity.SecondFactors;

/// <summary>
/// Keys the hashes of codes that people type (HMAC-SHA-256). A six-digit code, and even a recovery code, could be found from a bare hash;
/// who has the rows alone finds nothing. The account is hashed too: a row that is copied to another account opens nothing there.
/// </summary>
internal sealed class SecondFactorKey
{
    private readonly byte[] _key;

    internal SecondFactorKey(byte[] key) => _key = key;

    /// <exception cref="InvalidOperationException">The file is absent, open to others, or holds no 32-byte key.</exception>
    public static SecondFactorKey Load(SecondFactorOptions options) =>
        new(options.KeyFile is { Length: > 0 } file ? KeyFile.Read(file, "SecondFactors:KeyFile") : RandomNumberGenerator.GetBytes(KeyFile.Size));

    /// <param name="use">Keeps the kinds of codes apart.</param>
    public byte[] Hash(string use, Guid account, string code)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hmac.AppendData(System.Text.Encoding.UTF8.GetBytes(use));
        hmac.AppendData([0]);
        hmac.AppendData(account.ToByteArray(bigEndian: true));
        hmac.AppendData(System.Text.Encoding.UTF8.GetBytes(code));
        return hmac.GetHashAndReset();
    }
}
