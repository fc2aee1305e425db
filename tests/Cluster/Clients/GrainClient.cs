using ComplianceGrid.TestKit;
using ComplianceGrid.ServiceDefaults.Wire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace ComplianceGrid.Cluster.Clients;

/// <summary>An Orleans client of the grid's silos in this process.</summary>
internal static class GrainClient
{
    /// <param name="wire">Its certificate, in place of the Api's: silos admit nobody else.</param>
    public static async Task<IHost> ConnectAsync(LocalGrid grid, CancellationToken ct, IReadOnlyDictionary<string, string?>? wire = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        builder.Configuration.AddJsonFile(Path.Combine(grid.State, "config", "api.json"));
        builder.Configuration.AddInMemoryCollection(wire);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = ("grid", "compliance-grid"));
            // No pool: another test restarts PostgreSQL, and what the pool held since then is broken.
            client.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = ("Npgsql", builder.Configuration.GetConnectionString("Orleans") + ";Pooling=false"));
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
