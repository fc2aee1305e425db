using System.Text.Json;
using System.Text.Json.Serialization;

namespace ComplianceGrid.Api.Http;

/// <summary>
/// What a caller sends is taken exactly or not at all: unknown and repeated members, numbers as text, other spellings are refused,
/// because a member that we ignore is a wish that the caller thinks we heard.
/// </summary>
internal static class StrictJson
{
    public static void AddStrictJson(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(json => Apply(json.SerializerOptions));

    public static void Apply(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.MaxDepth = 16;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
    }
}
