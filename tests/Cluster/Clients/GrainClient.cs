using System.Net;
using ComplianceGrid.TestKit;
using ComplianceGrid.ServiceDefaults.Wire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace ComplianceGrid.Cluster.Clients;

/// <summary>An Orleans client of the grid's silos in this process.</summary>
internal static class GrainClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="wire">Its certificate, in place of the Api's: silos admit nobody else.</param>
    /// <param name="gateway">The one silo that it knows; null: all that are in the membership table.</param>
    public static async Task<IHost> ConnectAsync(LocalGrid grid, CancellationToken ct, IReadOnlyDictionary<string, string?>? wire = null, IPEndPoint? gateway = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        builder.Configuration.AddJsonFile(grid.ConfigFile("api"));
        builder.Configuration.AddInMemoryCollection(wire);
        builder.Logging.SetMinimumLevel(LogLevel.Critical); // what a client of a faulty grid has to say is what the test provokes
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = ("grid", "compliance-grid"));
            client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = Patience);
            // No pool: another test restarts PostgreSQL, and what the pool held since then is broken.
            if (gateway is null) client.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = ("Npgsql", builder.Configuration.GetConnectionString("Orleans") + ";Pooling=false"));
            else client.UseStaticClustering(gateway);
            client.UseGridWire(builder);
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(ct);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }
}
