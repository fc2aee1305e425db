using System.Text.Json;
using System.Text.Json.Serialization;
using ComplianceGrid.Events;

namespace ComplianceGrid.Storage.Events;

/// <summary>
/// The stored form of an event: CloudEvents 1.0 in structured JSON. <c>subject</c> is the stream key; <c>gridnamespace</c> and
/// <c>traceparent</c> are extension attributes (lower-case letters and digits only: §3.1 of the specification).
/// </summary>
public static class CloudEventJson
{
    public static byte[] Write(ComplianceEvent e) => JsonSerializer.SerializeToUtf8Bytes(
        new Envelope
        {
            Id = e.Id,
            Source = e.Source,
            Type = e.Type,
            Time = e.Time,
            Subject = e.Key,
            Namespace = e.Namespace,
            TraceParent = e.TraceParent,
            Data = e.Data,
        },
        GridJson.Options);

    /// <exception cref="JsonException">Not an event in this form.</exception>
    public static ComplianceEvent Read(ReadOnlySpan<byte> body)
    {
        var envelope = JsonSerializer.Deserialize<Envelope>(body, GridJson.Options) ?? throw new JsonException("The body is null.");
        return new()
        {
            Id = envelope.Id,
            Source = envelope.Source,
            Type = envelope.Type,
            Time = envelope.Time,
            Namespace = envelope.Namespace,
            Key = envelope.Subject,
            Data = envelope.Data,
            TraceParent = envelope.TraceParent,
        };
    }

    private sealed record Envelope
    {
        [JsonPropertyName("specversion")] public string SpecVersion { get; init; } = "1.0";
        public required string Id { get; init; }
        public required string Source { get; init; }
        public required string Type { get; init; }
        public required DateTimeOffset Time { get; init; }
        public required string Subject { get; init; }
        [JsonPropertyName("datacontenttype")] public string DataContentType { get; init; } = "application/json";
        [JsonPropertyName("gridnamespace")] public required string Namespace { get; init; }
        [JsonPropertyName("traceparent")] public string? TraceParent { get; init; }
        public required EventData Data { get; init; }
    }
}
