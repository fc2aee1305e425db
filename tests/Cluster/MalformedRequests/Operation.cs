using System.Text.Json;

namespace ComplianceGrid.Cluster.MalformedRequests;

/// <summary>One operation of a host's checked-in OpenAPI document.</summary>
internal sealed record Operation(Uri Host, HttpMethod Method, string Path, IReadOnlyList<string> QueryParameters)
{
    public static IEnumerable<Operation> Of(Uri host, string document)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(document));
        foreach (var path in json.RootElement.GetProperty("paths").EnumerateObject())
            foreach (var operation in path.Value.EnumerateObject().Where(o => o.Name is "get" or "post" or "put" or "delete" or "patch"))
                yield return new(host, HttpMethod.Parse(operation.Name), path.Name, [.. QueryParametersOf(operation.Value)]);
    }

    private static IEnumerable<string> QueryParametersOf(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(p => p.GetProperty("in").GetString() == "query").Select(p => p.GetProperty("name").GetString()!)
            : [];
}
