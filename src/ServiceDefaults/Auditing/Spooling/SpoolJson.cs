using System.Text.Json;
using System.Text.Json.Serialization;
using ComplianceGrid.Audit;

namespace ComplianceGrid.ServiceDefaults.Auditing.Spooling;

/// <summary>Entries as they stand in a frame: one JSON object a line, members by name and enum values by number, as the contracts keep them.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class SpoolJson : JsonSerializerContext
{
    private const byte LineEnd = (byte)'\n';

    /// <summary>Each entry as a line.</summary>
    public static byte[] Lines(IReadOnlyCollection<AuditEntry> entries)
    {
        using var lines = new MemoryStream(entries.Count * 512);
        foreach (var entry in entries)
        {
            JsonSerializer.Serialize(lines, entry, Default.AuditEntry);
            lines.WriteByte(LineEnd);
        }

        return lines.ToArray();
    }

    public static List<AuditEntry> Entries(IEnumerable<byte[]> frames)
    {
        var entries = new List<AuditEntry>();
        foreach (var frame in frames)
        {
            ReadOnlySpan<byte> rest = frame;
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf(LineEnd);
                entries.Add(JsonSerializer.Deserialize(rest[..end], Default.AuditEntry)!);
                rest = rest[(end + 1)..];
            }
        }

        return entries;
    }
}
