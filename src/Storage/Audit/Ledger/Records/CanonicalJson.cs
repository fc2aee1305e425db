using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>
/// RFC 8785 JSON in UTF-8: members sorted by UTF-16 code units, no white space, least escapes. Numbers are integers that a
/// double holds exactly (±(2^53 − 1)); any other becomes the string of its text, so that no reader rounds it. A lone surrogate
/// becomes U+FFFD; of members with one name the last stands.
/// </summary>
public static class CanonicalJson
{
    private const long LargestExact = (1L << 53) - 1;

    public static byte[] Of(JsonElement element)
    {
        var to = new ArrayBufferWriter<byte>();
        Write(to, element);
        return to.WrittenSpan.ToArray();
    }

    public static void Write(IBufferWriter<byte> to, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object: WriteObject(to, element); break;
            case JsonValueKind.Array: WriteArray(to, element); break;
            case JsonValueKind.String: WriteString(to, JsonText.Unescape(JsonMarshal.GetRawUtf8Value(element))); break;
            case JsonValueKind.Number: WriteNumber(to, element.GetRawText()); break;
            case JsonValueKind.True: to.Write("true"u8); break;
            case JsonValueKind.False: to.Write("false"u8); break;
            default: to.Write("null"u8); break;
        }
    }

    /// <summary>With its quotes. What is no UTF-16 becomes U+FFFD.</summary>
    public static void WriteString(IBufferWriter<byte> to, ReadOnlySpan<char> text)
    {
        to.Write("\""u8);
        while (!text.IsEmpty)
        {
            var clean = text.IndexOfAny(Escaped);
            if (clean < 0) clean = text.Length;
            Encoding.UTF8.GetBytes(text[..clean], to);
            if (clean == text.Length) break;
            WriteEscape(to, text[clean]);
            text = text[(clean + 1)..];
        }

        to.Write("\""u8);
    }

    private static readonly SearchValues<char> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    private static void WriteEscape(IBufferWriter<byte> to, char c)
    {
        switch (c)
        {
            case '"': to.Write("\\\""u8); break;
            case '\\': to.Write("\\\\"u8); break;
            case '\b': to.Write("\\b"u8); break;
            case '\t': to.Write("\\t"u8); break;
            case '\n': to.Write("\\n"u8); break;
            case '\f': to.Write("\\f"u8); break;
            case '\r': to.Write("\\r"u8); break;
            default: Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"), to); break;
        }
    }

    private static void WriteObject(IBufferWriter<byte> to, JsonElement element)
    {
        SortedDictionary<string, JsonElement> members = new(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject()) members[JsonText.Unescape(JsonMarshal.GetRawUtf8PropertyName(member))] = member.Value;
        to.Write("{"u8);
        var first = true;
        foreach (var (name, value) in members)
        {
            if (!first) to.Write(","u8);
            first = false;
            WriteString(to, name);
            to.Write(":"u8);
            Write(to, value);
        }

        to.Write("}"u8);
    }

    private static void WriteArray(IBufferWriter<byte> to, JsonElement element)
    {
        to.Write("["u8);
        var first = true;
        foreach (var item in element.EnumerateArray())
        {
            if (!first) to.Write(","u8);
            first = false;
            Write(to, item);
        }

        to.Write("]"u8);
    }

    private static void WriteNumber(IBufferWriter<byte> to, string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && Math.Abs((decimal)value) <= LargestExact)
            Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture), to);
        else
            WriteString(to, text);
    }
}
