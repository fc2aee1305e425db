using ComplianceGrid.ServiceDefaults.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Serialization;

namespace ComplianceGrid.ServiceDefaults.Wire;

/// <summary>
/// Orleans' wires by <see cref="GridWire"/>: silos among themselves, and the Api to them. The gateway is no client of the grid's grains: silos call it over
/// HTTP, see <see cref="WireEndpoint"/>.
/// </summary>
public static class WireExtensions
{
    /// <summary>Silos admit silos on their own port, and Api processes on the clients'.</summary>
    public static void UseGridWire(this ISiloBuilder silo, IHostApplicationBuilder host)
    {
        LetTimeoutsPass(silo.Services);
        if (!AddWire(host)) return;
        silo.Services.AddOptions<SiloConnectionOptions>().Configure<GridWire>((connections, wire) =>
        {
            connections.ConfigureSiloInboundConnection(connection => connection.UseServerTls(wire.Admit(WireRole.Silo)));
            connections.ConfigureSiloOutboundConnection(connection => connection.UseClientTls(wire.Reach(WireRole.Silo)));
            connections.ConfigureGatewayInboundConnection(connection => connection.UseServerTls(wire.Admit(WireRole.Api)));
        });
    }

    public static void UseGridWire(this IClientBuilder client, IHostApplicationBuilder host)
    {
        LetTimeoutsPass(client.Services);
        if (!AddWire(host)) return;
        client.Services.AddOptions<ClientConnectionOptions>().Configure<GridWire>((connections, wire) =>
            connections.ConfigureConnection(connection => connection.UseClientTls(wire.Reach(WireRole.Silo))));
    }

    /// <summary>A client of processes of this role, over HTTP: what <c>HttpClients:{name}:BaseAddress</c> names.</summary>
    /// <exception cref="InvalidOperationException">That address is in clear.</exception>
    public static void UseGridWire(this IHttpClientBuilder client, IHostApplicationBuilder host, WireRole role)
    {
        if (!AddWire(host)) return;
        var address = $"{GridHttpOptions.Section}:{client.Name}:BaseAddress";
        if (!Uri.TryCreate(host.Configuration[address], UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps)
            throw new InvalidOperationException($"{address} must be an https address: the grid's processes speak by certificates.");
        client.ConfigurePrimaryHttpMessageHandler(provider => provider.GetRequiredService<GridWire>().NewHandler(role)); // the factory asks for another every two minutes
    }

    // Orleans 10.4.2 places grains by Polly. A caller whose grain found no place in time is sent Polly's exception within Orleans', of which the serializer
    // knows nothing: it would be told of that, and not that the grid did not answer.
    private static void LetTimeoutsPass(IServiceCollection services) =>
        services.Configure<ExceptionSerializationOptions>(options => options.SupportedNamespacePrefixes.Add(nameof(Polly)));

    /// <returns>False: in clear, which a developer's machine may.</returns>
    internal static bool AddWire(IHostApplicationBuilder host)
    {
        host.Services.AddOptions<WireOptions>().BindConfiguration(WireOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        host.Services.TryAddSingleton(TimeProvider.System);
        host.Services.TryAddSingleton<GridWire>();
        if (host.Configuration.GetSection(WireOptions.Section).Get<WireOptions>() is { IsGiven: true }) return true;
        return host.Environment.IsDevelopment() ? false
            : throw new InvalidOperationException("Wire:CertificateFile is not configured: outside Development no process of the grid speaks in clear.");
    }
}
