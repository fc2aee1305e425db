namespace ComplianceGrid.Api.Security;

/// <summary>An endpoint's entry in the table: what a caller needs to be let in. Null: everybody may.</summary>
internal sealed record EndpointPermission(string? Permission, string? Own = null);

internal static class EndpointPermissions
{
    // Mapped by the defaults of every host; they show no tenant's data, and metrics only to the machine itself.
    private static readonly string[] Infrastructure = ["/health/live", "/health/ready", "/metrics"];

    /// <summary>Callers need this permission.</summary>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder endpoint, string permission) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new EndpointPermission(permission));

    /// <summary>Callers need this permission; with the other they are let in to the record that is their own.</summary>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder endpoint, string permission, string own) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new EndpointPermission(permission, own));

    /// <summary>Needs no token.</summary>
    public static TBuilder OpenToEverybody<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new EndpointPermission(null));

    /// <summary>Call it after the last endpoint is mapped.</summary>
    /// <exception cref="InvalidOperationException">An endpoint says nothing of who may call it.</exception>
    public static void RequirePermissionsEverywhere(this IEndpointRouteBuilder routes)
    {
        var forgotten = routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<EndpointPermission>() is null && !IsInfrastructure(endpoint))
            .Select(endpoint => endpoint.RoutePattern.RawText).ToArray();
        if (forgotten.Length > 0)
            throw new InvalidOperationException($"No permission is declared for {string.Join(", ", forgotten)}.");
    }

    public static bool IsInfrastructure(Endpoint endpoint) =>
        endpoint is RouteEndpoint route && Infrastructure.Contains(route.RoutePattern.RawText);
}
