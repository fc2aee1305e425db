namespace ComplianceGrid.Storage.Audit;

/// <summary>Base64 (RFC 4648, 4) that has one spelling only: no blanks, no stray bits, full padding.</summary>
internal static class StrictBase64
{
    /// <returns>Null: it is anything else.</returns>
    public static byte[]? TryDecode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length / 4 * 3];
        return text.Length % 4 == 0 && Convert.TryFromBase64Chars(text, bytes, out var size) && text.SequenceEqual(Convert.ToBase64String(bytes.AsSpan(0, size)))
            ? bytes[..size]
            : null;
    }
}
