using System.Globalization;
using System.Text;
using System.Text.Json;
using ComplianceGrid.Events;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Events;
using Confluent.Kafka;

namespace ComplianceGrid.Streams.Kafka.Wire;

/// <summary>
/// CloudEvents 1.0 in a record, by the binding to Kafka: structured (all in the value) or binary (attributes in headers
/// <c>ce_…</c>, the data in the value). Without any header it is taken for structured.
/// </summary>
internal static class RecordReader
{
    /// <summary>As <see cref="CloudEventJson.ReadCopy"/>.</summary>
    /// <exception cref="JsonException">Not an event in either form.</exception>
    /// <exception cref="FormatException">A header's value is of another kind.</exception>
    public static (ComplianceEvent Event, int Attempt) Read(Message<Ignore, byte[]> record)
    {
        if (record.Value is not { Length: > 0 } body) throw new JsonException("The record has no value.");
        return record.Headers is { } headers && Text(headers, "specversion") is { } version ? ReadBinary(headers, version, body) : CloudEventJson.ReadCopy(body);
    }

    private static (ComplianceEvent Event, int Attempt) ReadBinary(Headers headers, string version, byte[] body)
    {
        if (version != "1.0") throw new JsonException($"CloudEvents {version} is not 1.0.");
        var e = new ComplianceEvent
        {
            Id = Required(headers, "id"),
            Source = Required(headers, "source"),
            Type = Required(headers, "type"),
            Time = DateTimeOffset.Parse(Required(headers, "time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            Namespace = Required(headers, "gridnamespace"),
            Key = Required(headers, "subject"),
            Data = JsonSerializer.Deserialize<EventData>(body, GridJson.Options) ?? throw new JsonException("The data is null."),
            TraceParent = Text(headers, "traceparent"),
        };
        return (e, 1);
    }

    private static string Required(Headers headers, string attribute) =>
        Text(headers, attribute) ?? throw new JsonException($"The header ce_{attribute} is missing.");

    private static string? Text(Headers headers, string attribute) =>
        headers.TryGetLastBytes("ce_" + attribute, out var bytes) && bytes is not null ? Encoding.UTF8.GetString(bytes) : null;
}
