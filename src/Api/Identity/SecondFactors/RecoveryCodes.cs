using System.Security.Cryptography;

namespace ComplianceGrid.Api.Identity.SecondFactors;

/// <summary>
/// Codes that stand in for a lost authenticator (SP 800-63B §3.1.2, look-up secrets): shown once, good once. They are random, 117 bits, so a fast
/// keyed hash is enough (ASVS 6.5.2: from 112 bits on).
/// </summary>
internal static class RecoveryCodes
{
    public const int Count = 10;

    // Nothing that is read as something else: no 0 O, 1 I L, U V.
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Size = 24;
    private const int Group = 4;
    private const string Use = "recovery code";

    public static IssuedRecoveryCodes Issue(SecondFactorKey key, Guid account)
    {
        var codes = new HashSet<string>(StringComparer.Ordinal);
        while (codes.Count < Count) codes.Add(RandomNumberGenerator.GetString(Alphabet, Size));
        return new([.. codes.Select(Spelled)], [.. codes.Select(code => key.Hash(Use, account, code))]);
    }

    /// <summary>
    /// Which of the kept hashes it is; null: none. The caller removes that one and goes on only if the removal removed it
    /// (<c>DELETE … RETURNING</c>): of two who type it at once one gets in.
    /// </summary>
    /// <param name="code">As typed: case, spaces and hyphens do not count.</param>
    public static int? Find(SecondFactorKey key, Guid account, string code, IReadOnlyList<byte[]> kept)
    {
        if (Read(code) is not { } read) return null;
        var hash = key.Hash(Use, account, read);
        int? found = null;
        for (var i = 0; i < kept.Count; i++)
            if (CryptographicOperations.FixedTimeEquals(hash, kept[i]))
                found ??= i;
        return found;
    }

    private static string Spelled(string code) => string.Join('-', code.Chunk(Group).Select(part => new string(part)));

    private static string? Read(string code)
    {
        if (code.Length > 3 * Size) return null;
        var read = string.Concat(code.Where(c => c is not (' ' or '-'))).ToUpperInvariant();
        return read.Length == Size && read.All(c => Alphabet.Contains(c)) ? read : null;
    }
}

/// <param name="Shown">Once, to their owner, and kept nowhere.</param>
/// <param name="Kept">32 bytes each, in the same order.</param>
internal sealed record IssuedRecoveryCodes(IReadOnlyList<string> Shown, IReadOnlyList<byte[]> Kept);
