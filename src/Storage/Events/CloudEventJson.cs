using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ComplianceGrid.Events;

namespace ComplianceGrid.Storage.Events;

/// <summary>
/// The form of an event in the log and on topics: CloudEvents 1.0 in structured JSON. <c>subject</c> is the stream key;
/// <c>gridnamespace</c>, <c>traceparent</c> and, in copies of a row, <c>gridposition</c> and <c>gridattempt</c> are extension attributes
/// (lower-case letters and digits only: §3.1 of the specification). Members that are not known are skipped, so that a producer may be a
/// version ahead; what is missing and not required has its default, so that it may be a version behind.
/// </summary>
public static class CloudEventJson
{
    private const string CloudEvents = "1.0";

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

    /// <summary>A row's body with the place of the row, for a transport that carries copies. Every member of the body is kept.</summary>
    /// <param name="body">As <see cref="Write"/> wrote it, perhaps another version's.</param>
    public static byte[] CopyOf(ReadOnlySpan<byte> body, long position, int attempt)
    {
        // The last of two members with one name counts. A position is a string: CloudEvents' integers have 32 bits.
        var place = string.Create(CultureInfo.InvariantCulture, $",\"gridposition\":\"{position}\",\"gridattempt\":{attempt}}}");
        return [.. body[..body.LastIndexOf((byte)'}')], .. Encoding.UTF8.GetBytes(place)];
    }

    /// <summary>A copy of a row has its <see cref="ComplianceEvent.LogPosition"/>; the event of a producer that did not go through the log has none, and attempt 1.</summary>
    /// <exception cref="JsonException">Not an event in this form.</exception>
    public static (ComplianceEvent Event, int Attempt) ReadCopy(ReadOnlySpan<byte> body)
    {
        var envelope = Deserialize(body);
        var e = Of(envelope);
        return envelope.Position is { } position
            ? (e with { LogPosition = new(EventQueues.Of(e.Key), position) }, envelope.Attempt ?? 1)
            : (e, 1);
    }

    /// <summary>The position that a copy of a row carries, although its event cannot be read; null: it carries none.</summary>
    public static long? PositionOf(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<Place>(body, GridJson.Options)?.Position;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <exception cref="JsonException">Not an event in this form.</exception>
    public static ComplianceEvent Read(ReadOnlySpan<byte> body) => Of(Deserialize(body));

    private static Envelope Deserialize(ReadOnlySpan<byte> body)
    {
        var envelope = JsonSerializer.Deserialize<Envelope>(body, GridJson.Options) ?? throw new JsonException("The body is null.");
        return envelope.SpecVersion == CloudEvents ? envelope : throw new JsonException($"CloudEvents {envelope.SpecVersion} is not {CloudEvents}.");
    }

    private static ComplianceEvent Of(Envelope envelope) => new()
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

    private record Place
    {
        [JsonPropertyName("gridposition"), JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] public long? Position { get; init; }
    }

    private sealed record Envelope : Place
    {
        [JsonPropertyName("specversion")] public string SpecVersion { get; init; } = CloudEvents;
        public required string Id { get; init; }
        public required string Source { get; init; }
        public required string Type { get; init; }
        public required DateTimeOffset Time { get; init; }
        public required string Subject { get; init; }
        [JsonPropertyName("datacontenttype")] public string DataContentType { get; init; } = "application/json";
        [JsonPropertyName("gridnamespace")] public required string Namespace { get; init; }
        [JsonPropertyName("traceparent")] public string? TraceParent { get; init; }
        public required EventData Data { get; init; }
        [JsonPropertyName("gridattempt")] public int? Attempt { get; init; }
    }
}
