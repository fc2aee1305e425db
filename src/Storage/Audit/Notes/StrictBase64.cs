namespace ComplianceGrid.Storage.Audit.Notes;

/// <summary>Base64 (RFC 4648, 4) that has one spelling only: no blanks, no stray bits, full padding.</summary>
internal static class StrictBase64
{
    /// <exception cref="NoteException">Anything else.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text, string what)
    {
        var bytes = new byte[text.Length / 4 * 3];
        if (text.Length % 4 != 0 || !Convert.TryFromBase64Chars(text, bytes, out var size) || !text.SequenceEqual(Convert.ToBase64String(bytes.AsSpan(0, size))))
            throw new NoteException($"{what} must be base64.");
        return bytes[..size];
    }
}
