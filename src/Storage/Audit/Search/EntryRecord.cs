using System.Text.Json;

namespace ComplianceGrid.Storage.Audit.Search;

/// <summary>What a record says: the leaf itself, not the columns beside it.</summary>
public sealed record EntryRecord
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public required DateTimeOffset Timestamp { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string UserId { get; init; }
    public required string UserRole { get; init; }
    public required string Action { get; init; }
    public required string Resource { get; init; }
    public string? ResourceId { get; init; }
    public string? IpAddress { get; init; }
    public string? UserAgent { get; init; }
    public string? RequestId { get; init; }
    public JsonElement? Details { get; init; }
    public required string Result { get; init; }
    public string? ErrorCode { get; init; }
    public required int DurationMs { get; init; }
    /// <summary>Whose key seals <see cref="Sealed"/>.</summary>
    public string? Person { get; init; }
    public byte[]? Sealed { get; init; }

    public static EntryRecord Parse(byte[] record) => JsonSerializer.Deserialize<EntryRecord>(record, Options)!;
}
