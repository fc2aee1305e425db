using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>The first line of an export, which names its log. It proves nothing: it is held to what follows.</summary>
internal sealed record ExportHeader
{
    public const int CurrentVersion = 1;

    public required int Version { get; init; }
    public required string Origin { get; init; }
    public required string Tenant { get; init; }
    public required int Epoch { get; init; }
    public required long Size { get; init; }
    /// <summary>Base64.</summary>
    public required string Root { get; init; }
    /// <summary>The signed note that the epoch is bound to; of the first log: absent.</summary>
    public string? BoundCheckpoint { get; init; }
}

internal sealed record ExportHead
{
    public required long PrevSize { get; init; }
    public required long Size { get; init; }
    public required string Root { get; init; }
    public required string CreatedAt { get; init; }
}

/// <summary>A line that is no record: one of the three.</summary>
internal sealed record ExportLine
{
    /// <summary>Escapes nothing that JSON lets stand: an escape's digits have two cases, and so a line two spellings.</summary>
    public static JsonTypeInfo<ExportLine> Json { get; } =
        new ExportJson(new(ExportJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).ExportLine;

    public ExportHeader? Export { get; init; }
    public ExportHead? Head { get; init; }
    public string? Checkpoint { get; init; }
}

[JsonSerializable(typeof(ExportLine))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
internal sealed partial class ExportJson : JsonSerializerContext;
