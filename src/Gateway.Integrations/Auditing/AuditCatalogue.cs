using System.Collections.Frozen;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Gateway.Auditing;

/// <param name="InTransaction">The entry of a success is written in the transaction of what it tells of.</param>
internal sealed record AuditLine(string Resource, AuditAction Action, bool InTransaction = false);

/// <summary>Which endpoint writes which entry: the one place. By the operation's name; an endpoint without a line does not start.</summary>
internal static class AuditCatalogue
{
    public static readonly FrozenDictionary<string, AuditLine> Lines = new Dictionary<string, AuditLine>
    {
        ["checkrWebhook"] = new("webhooks", AuditAction.WebhookReceived, InTransaction: true),
        ["checkrAccountWebhook"] = new("webhooks", AuditAction.WebhookReceived, InTransaction: true),
        ["placeCheckrOrder"] = new("vendor-orders", AuditAction.Create, InTransaction: true),
        ["checkrStatus"] = new("vendor-connections", AuditAction.Read),
    }.ToFrozenDictionary();

    // For probes and readers of the documentation: no tenant's data.
    private static readonly string[] Unrecorded = ["/health/", "/metrics", "/integrations/health", "/openapi/", "/reference", "/scalar"];

    public static AuditLine? LineOf(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName is { } name && Lines.TryGetValue(name, out var line) ? line : null;

    public static bool IsRecorded(PathString path) => !IsUnrecorded(path.Value ?? "/");

    /// <summary>Call it after the last endpoint is mapped.</summary>
    /// <exception cref="InvalidOperationException">The catalogue has no line for an endpoint.</exception>
    public static void RequireAuditLinesEverywhere(this IEndpointRouteBuilder routes)
    {
        var forgotten = routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => LineOf(endpoint) is null && !IsUnrecorded("/" + endpoint.RoutePattern.RawText!.TrimStart('/')))
            .Select(endpoint => endpoint.RoutePattern.RawText).ToArray();
        if (forgotten.Length > 0)
            throw new InvalidOperationException($"The audit catalogue has no line for {string.Join(", ", forgotten)}.");
    }

    private static bool IsUnrecorded(string path) => Unrecorded.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal));
}
