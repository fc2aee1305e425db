using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace ComplianceGrid.Hosting;

/// <summary>A client of the test's silo over its gateway, with connections of its own.</summary>
internal sealed class TestClient(IHost host) : IAsyncDisposable
{
    public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    public static async Task<TestClient> StartAsync(int gateway, CancellationToken ct)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleansClient(client => client
            .UseLocalhostClustering(new IPEndPoint[] { new(IPAddress.Loopback, gateway) })
            .Configure<ClusterOptions>(options => options.ServiceId = "grid"));
        var host = builder.Build();
        await host.StartAsync(ct);
        return new(host);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync(CancellationToken.None);
        host.Dispose();
    }
}
