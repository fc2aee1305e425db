using System.Security.Cryptography;

namespace ComplianceGrid.Storage.Tests.Audit.Ledger;

/// <summary>RFC 6962 §2.1 word for word, recursive and slow; shares nothing with the product's tree.</summary>
internal static class NaiveTree
{
    /// <summary>MTH(D[n]).</summary>
    public static byte[] Root(byte[][] d)
    {
        if (d.Length == 0) return SHA256.HashData([]);
        if (d.Length == 1) return SHA256.HashData([0x00, .. d[0]]);
        var k = K(d.Length);
        return SHA256.HashData([0x01, .. Root(d[..k]), .. Root(d[k..])]);
    }

    /// <summary>PATH(m, D[n]).</summary>
    public static byte[][] Path(int m, byte[][] d)
    {
        if (d.Length == 1) return [];
        var k = K(d.Length);
        return m < k ? [.. Path(m, d[..k]), Root(d[k..])] : [.. Path(m - k, d[k..]), Root(d[..k])];
    }

    /// <summary>PROOF(m, D[n]).</summary>
    public static byte[][] Proof(int m, byte[][] d) => Subproof(m, d, true);

    private static byte[][] Subproof(int m, byte[][] d, bool whole)
    {
        if (m == d.Length) return whole ? [] : [Root(d)];
        var k = K(d.Length);
        return m <= k ? [.. Subproof(m, d[..k], whole), Root(d[k..])] : [.. Subproof(m - k, d[k..], false), Root(d[..k])];
    }

    /// <summary>The largest power of two smaller than n.</summary>
    private static int K(int n)
    {
        var k = 1;
        while (k * 2 < n) k *= 2;
        return k;
    }
}
