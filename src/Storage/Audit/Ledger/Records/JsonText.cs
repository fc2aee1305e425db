using System.Globalization;
using System.Text;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>The text of a JSON string, also of one that has lone surrogates, which the framework's reader refuses.</summary>
internal static class JsonText
{
    /// <param name="json">Valid JSON text of a string, with or without its quotes.</param>
    public static string Unescape(ReadOnlySpan<byte> json)
    {
        if (json is [(byte)'"', .. var inner, (byte)'"']) json = inner;
        var text = Encoding.UTF8.GetString(json);
        if (!text.Contains('\\')) return text;
        var clear = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                clear.Append(text[i]);
                continue;
            }

            i++;
            if (text[i] == 'u')
            {
                clear.Append((char)ushort.Parse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                clear.Append(Short(text[i]));
            }
        }

        return clear.ToString();
    }

    private static char Short(char c) => c switch { 'b' => '\b', 't' => '\t', 'n' => '\n', 'f' => '\f', 'r' => '\r', _ => c };
}
