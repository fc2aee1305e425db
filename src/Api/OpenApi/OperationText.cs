using System.Text.Json;
using System.Text.Json.Nodes;

namespace ComplianceGrid.Api.OpenApi;

/// <summary>Words and examples of one operation (<c>OpenApi/operations.json</c>).</summary>
internal sealed record OperationText(string Summary, string Description, JsonNode? Request = null, JsonNode? Response = null)
{
    private static readonly Dictionary<string, OperationText> All = Load();

    /// <exception cref="InvalidOperationException">The operation has none: it would stand in the reference without a word.</exception>
    public static OperationText Of(string? operation) =>
        operation is not null && All.TryGetValue(operation, out var text) ? text
            : throw new InvalidOperationException($"OpenApi/operations.json says nothing of the operation '{operation}'.");

    private static Dictionary<string, OperationText> Load()
    {
        using var file = typeof(OperationText).Assembly.GetManifestResourceStream("operations.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, OperationText>>(file, JsonSerializerOptions.Web)!;
    }
}
