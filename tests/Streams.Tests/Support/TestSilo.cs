using System.Net;
using ComplianceGrid.Events;
using ComplianceGrid.Streams.Postgres;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace ComplianceGrid.Streams.Tests.Support;

/// <summary>A real silo in this process, delivering to <see cref="RecorderGrain"/>.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    private readonly IHost _host;
    private bool _stopped;

    private TestSilo(IHost host, int port, int gateway) => (_host, Port, Gateway) = (host, port, gateway);

    public int Port { get; }
    public int Gateway { get; }
    public IServiceProvider Services => _host.Services;

    /// <summary>With the event log as its provider's transport.</summary>
    /// <param name="primary">A silo to join; null: the first of its cluster.</param>
    public static Task<TestSilo> StartAsync(
        string connectionString, Arrivals arrivals, CancellationToken ct, Action<PostgresStreamOptions>? configure = null, TestSilo? primary = null) =>
        StartAsync(silo => silo.AddPostgresStreams(StreamNamespaces.Provider, options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        }), arrivals, ct, primary);

    public static async Task<TestSilo> StartAsync(Action<ISiloBuilder> streams, Arrivals arrivals, CancellationToken ct, TestSilo? primary = null)
    {
        var (silo, gateway) = FreePorts.Two();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(arrivals);
        builder.UseOrleans(orleans =>
        {
            orleans.UseLocalhostClustering(silo, gateway, new IPEndPoint(IPAddress.Loopback, primary?.Port ?? silo));
            orleans.Configure<SiloOptions>(options => options.SiloName = $"silo-{silo}");
            streams(orleans);
        });
        var host = builder.Build();
        await host.StartAsync(ct);
        return new(host, silo, gateway);
    }

    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        await _host.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
    }
}
