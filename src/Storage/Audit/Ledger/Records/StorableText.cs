namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>Text as a log takes it. No content can make an entry fail: one that could not be stored would stop its whole shard.</summary>
internal static class StorableText
{
    /// <summary>Keeps indexed values below what a B-tree row takes (2,704 bytes, here at 4 bytes a character for two columns).</summary>
    public const int Longest = 256;
    public const int LongestUserAgent = 512;

    /// <summary>PostgreSQL takes no U+0000 and UTF-8 no lone surrogate: both become U+FFFD.</summary>
    public static string Of(string value, int longest = Longest)
    {
        var cut = value.Length <= longest ? value : value[..longest];
        if (!cut.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !cut.Contains('\0')) return cut;
        return string.Concat(cut.EnumerateRunes().Select(rune => rune.Value == 0 ? "\uFFFD" : rune.ToString()));
    }

    public static string? OrNull(string? value, int longest = Longest) => value is null ? null : Of(value, longest);
}
