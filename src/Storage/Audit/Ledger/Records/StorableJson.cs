using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>An entry's JSON object in canonical form, whatever the caller sent.</summary>
internal static class StorableJson
{
    /// <summary>Bytes in canonical form. A record then stays below 65,536, the most that a C2SP entry bundle takes.</summary>
    public const int Largest = 24 * 1024;

    private const int Kept = 512;

    /// <returns>
    /// A canonical object: <c>{"value":…}</c> around what is none, <c>{"bytes":…,"cut":…}</c> of one too large,
    /// <c>{"unparsed":…}</c> of what is not JSON.
    /// </returns>
    public static byte[] Of(string json)
    {
        try
        {
            using var parsed = JsonDocument.Parse(Encoding.UTF8.GetBytes(json)); // which makes U+FFFD of a lone surrogate
            var canonical = CanonicalJson.Of(parsed.RootElement);
            if (canonical.Length > Largest) return Cut(json, canonical.Length);
            return parsed.RootElement.ValueKind == JsonValueKind.Object ? canonical : [.. "{\"value\":"u8, .. canonical, (byte)'}'];
        }
        catch (JsonException)
        {
            return Member("unparsed", json, "{"u8);
        }
    }

    private static byte[] Cut(string json, int bytes) => Member("cut", json, Encoding.UTF8.GetBytes(string.Create(null, $"{{\"bytes\":{bytes},")));

    private static byte[] Member(string name, string json, ReadOnlySpan<byte> before)
    {
        var to = new ArrayBufferWriter<byte>();
        to.Write(before);
        CanonicalJson.WriteString(to, name);
        to.Write(":"u8);
        CanonicalJson.WriteString(to, StorableText.Of(json, Kept));
        to.Write("}"u8);
        return to.WrittenSpan.ToArray();
    }
}
