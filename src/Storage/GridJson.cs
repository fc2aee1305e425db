using System.Text.Json;
using System.Text.Json.Serialization;

namespace ComplianceGrid.Storage;

/// <summary>The one JSON form of state, events and messages: camel case, enums as camel-case words, nulls left out.</summary>
public static class GridJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}
