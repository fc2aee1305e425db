using System.Text.Json;
using System.Text.RegularExpressions;

namespace ComplianceGrid.Cluster.Auditing.Endpoints;

/// <summary>One operation of a host's checked-in OpenAPI document.</summary>
internal sealed record DocumentedOperation(string Id, HttpMethod Method, string Path)
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    public static IEnumerable<DocumentedOperation> Of(string document)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(document));
        foreach (var path in json.RootElement.GetProperty("paths").EnumerateObject())
            foreach (var operation in path.Value.EnumerateObject().Where(o => Methods.Contains(o.Name)))
                yield return new(operation.Value.GetProperty("operationId").GetString()!, HttpMethod.Parse(operation.Name), path.Name);
    }

    /// <summary>Whether a request really is one of this operation.</summary>
    public bool Is(HttpRequestMessage request) =>
        request.Method == Method && Regex.IsMatch(request.RequestUri!.AbsolutePath, $"^{Regex.Replace(Path, @"\{[^}]+\}", "[^/]+")}/?$");
}
