using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ComplianceGrid.Cluster.Auditing.Endpoints;

/// <summary>An entry's record with names in the place of what differs from run to run.</summary>
internal sealed partial class EntryForm(IEnumerable<(string Value, string Name)> names, DateTimeOffset earliest)
{
    private readonly (string Value, string Name)[] _names = [.. names];

    /// <summary>Every member stays; what is named is checked to be what the name says.</summary>
    public JsonObject Of(JsonObject record, string requestId)
    {
        var form = new JsonObject();
        foreach (var (member, value) in record)
            form[member] = member switch
            {
                "id" when Guid.TryParseExact(Text(value), "D", out _) => "<uuid>",
                "timestamp" or "created_at" when IsNow(Text(value)) => "<now>",
                "duration_ms" when value!.GetValue<int>() is >= 0 and < 60_000 => "<milliseconds>",
                "request_id" when Text(value) == requestId => "<request>",
                "sealed" when Convert.FromBase64String(Text(value)).Length > 29 => "<sealed>",
                _ => Named(value!.DeepClone()),
            };
        return form;
    }

    private bool IsNow(string text) => DateTimeOffset.TryParseExact(text, "yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        && at >= earliest && at <= TimeProvider.System.GetUtcNow();

    private JsonNode Named(JsonNode node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(Named(member.Key), member.Value is null ? null : Named(member.Key, member.Value.DeepClone())))),
        JsonArray items => new JsonArray([.. items.Select(item => item is null ? null : Named(item.DeepClone()))]),
        JsonValue value when value.TryGetValue(out string? text) => Named(text),
        _ => node,
    };

    private JsonNode Named(string member, JsonNode value) =>
        member == "endedAt" && DateTimeOffset.TryParse(Text(value), CultureInfo.InvariantCulture, out var at) && at >= earliest && at <= TimeProvider.System.GetUtcNow() ? "<now>" : Named(value);

    private string Named(string text)
    {
        foreach (var (value, name) in _names) text = text.Replace(value, $"<{name}>", StringComparison.Ordinal);
        text = Uuid().Replace(text, "<uuid>");
        return VendorId().Replace(text, "<vendor-id>");
    }

    private static string Text(JsonNode? value) => value!.GetValue<string>();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uuid();

    [GeneratedRegex("[0-9a-f]{24}")]
    private static partial Regex VendorId();
}
