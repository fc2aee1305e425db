using System.Net;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Database;
using ComplianceGrid.ServiceDefaults.Health;
using ComplianceGrid.ServiceDefaults.Wire;
using ComplianceGrid.Storage.Audit.Search;
using ComplianceGrid.Storage.Migrations;
using ComplianceGrid.Storage.Projections.Reads;
using Orleans.Configuration;

namespace ComplianceGrid.Api.Grid;

/// <summary>What stands behind this host: the grid's silos, and the read models.</summary>
internal static class GridClient
{
    public static void AddGridClient(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TenantGrains>();
        if (OpenApiBuild.IsRunning) return; // the document needs the endpoints only, and no grid
        builder.Services.AddOptions<GridClientOptions>().BindConfiguration(GridClientOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.UseOrleansClient(client =>
        {
            var options = builder.Configuration.GetSection(GridClientOptions.Section).Get<GridClientOptions>() ?? new();
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(options.ResponseSeconds));
            // Every Api process re-reads the list of silos; a killed one is left within this time.
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
            if (options.Gateways.Length > 0)
                client.UseStaticClustering([.. options.Gateways.Select(IPEndPoint.Parse)]);
            else
                client.UseAdoNetClustering(cluster =>
                {
                    cluster.Invariant = "Npgsql";
                    cluster.ConnectionString = Connection(builder, "Orleans");
                });
            client.UseGridWire(builder);
            client.UseConnectionRetryFilter<ConnectionPatience>();
            client.AddOutgoingGrainCallFilter<AwayFilter>();
            client.AddActivityPropagation();
        });
        // A grid that is away must not keep this host from answering 503: everything starts side by side.
        builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        builder.Services.AddSingleton<GridConnection>();
        builder.Services.AddHostedService(services => services.GetRequiredService<GridConnection>());
        builder.Services.AddSingleton<IClusterConnectionStatusObserver>(services => services.GetRequiredService<GridConnection>());
        builder.Services.AddReadiness("grid", (services, _) =>
            Task.FromResult(services.GetRequiredService<GridConnection>().IsConnected ? null : "no silo can be reached"));
    }

    public static void AddReadModels(this WebApplicationBuilder builder)
    {
        builder.Services.AddGridDataSource("Grid", async (database, ct) =>
            await SchemaVersion.IsCurrentAsync(database, ct) ? null : "the schema is behind this build: run migrate");
        builder.Services.AddGridReads(Connection(builder, "Grid"));
    }

    /// <summary>The audit database as <c>grid_auditor</c>, keyed <c>Audit</c>. Nothing but reading the log needs it.</summary>
    public static void AddAuditDatabase(this WebApplicationBuilder builder)
    {
        builder.Services.AddAuditReads(Connection(builder, "Audit"));
        if (OpenApiBuild.IsRunning) return;
        builder.Services.AddGridDataSource("Audit", async (database, ct) =>
            await SchemaVersion.IsAuditCurrentAsync(database, ct) ? null : "the audit database's schema is behind this build: run migrate", isRequired: false);
    }

    /// <summary>Runs until it is told to stop. To be told so while the grid was never reached is no fault of this host.</summary>
    public static async Task RunUntilStoppedAsync(this WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping; // its owner is gone by the time that the filter below asks
        try
        {
            await app.RunAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The wish to stop ended the attempt to connect, and nothing else.
        }
    }

    private static string Connection(WebApplicationBuilder builder, string name) =>
        builder.Configuration.GetConnectionString(name)
        ?? (OpenApiBuild.IsRunning ? "Host=none" : throw new InvalidOperationException($"ConnectionStrings:{name} is not configured."));
}
