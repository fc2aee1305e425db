using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.ServiceDefaults.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.ServiceDefaults.Wire;

/// <summary>
/// Where a host listens for other processes of the grid over HTTP: Kestrel's endpoint <c>Wire</c>, beside those for everybody else. Some of its routes are
/// for that endpoint alone.
/// </summary>
public static class WireEndpoint
{
    /// <summary>Of section <c>Kestrel:Endpoints</c>.</summary>
    public const string Name = "Wire";

    /// <summary>Admits processes of this role at the endpoint, and nobody else.</summary>
    /// <exception cref="InvalidOperationException">The endpoint is not configured, or in clear; or no certificate is, outside <c>Development</c>.</exception>
    public static void AddGridWire(this WebApplicationBuilder builder, WireRole role)
    {
        if (OpenApiBuild.IsRunning || !WireExtensions.AddWire(builder)) return;
        if (!KestrelEndpoint.IsTls(builder.Configuration, Name))
            throw new InvalidOperationException($"Kestrel:Endpoints:{Name}:Url must be an https address: there the grid's other processes call this one, by certificates.");
        builder.Services.AddOptions<KestrelServerOptions>().Configure<GridWire>((kestrel, wire) => kestrel.ConfigurationLoader!.Endpoint(Name, endpoint =>
        {
            wire.Admit(role, endpoint.HttpsOptions);
            endpoint.ListenOptions.Use(next => connection =>
            {
                connection.Features.Set(WireConnection.It);
                return next(connection);
            });
        }));
        builder.Services.AddSingleton(WireConnection.It);
    }

    /// <summary>Who calls them shows a certificate first. In clear only where the whole grid is.</summary>
    public static TBuilder ByWireAlone<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(WireAlone.It);

    /// <summary>Call it after routing, and before anybody is asked who they are.</summary>
    public static void UseGridWire(this WebApplication app)
    {
        if (app.Services.GetService<WireConnection>() is null) return;
        app.Use((context, next) => context.GetEndpoint()?.Metadata.GetMetadata<WireAlone>() is null || context.Features.Get<WireConnection>() is not null
            ? next(context)
            : GridProblems.WriteAsync(context, GridError.Forbidden, "The grid's own processes call this, by the wire that is theirs."));
    }

    /// <summary>What a connection of the wire is marked by; as a service: there is a wire.</summary>
    private sealed class WireConnection
    {
        public static readonly WireConnection It = new();
    }

    private sealed class WireAlone
    {
        public static readonly WireAlone It = new();
    }
}
