using System.Net;
using ComplianceGrid.ServiceDefaults.Database;
using ComplianceGrid.ServiceDefaults.Health;
using ComplianceGrid.ServiceDefaults.Wire;
using ComplianceGrid.Silo.Tenancy;
using ComplianceGrid.Storage.Audit;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Storage.Migrations;
using Npgsql;
using Orleans.Configuration;

namespace ComplianceGrid.Silo.Hosting;

/// <summary>The silo: membership and reminders by AdoNet, grain state by <see cref="GridStorage"/>, streams by what <see cref="StreamTransport"/> is told.</summary>
internal static class GridSilo
{
    private const string AdoNetInvariant = "Npgsql";

    public static void AddGridDatabases(this WebApplicationBuilder builder)
    {
        builder.Services.AddGridDataSource("Grid", async (database, ct) =>
            await SchemaVersion.IsCurrentAsync(database, ct) ? null : "the grid database's schema is behind this build: run migrate");
        builder.Services.AddGridDataSource("Sweeper");
        builder.Services.AddGridDataSource("Audit", async (database, ct) =>
            await SchemaVersion.IsAuditCurrentAsync(database, ct) ? null : "the audit database's schema is behind this build: run migrate", isRequired: false); // its entries wait
        builder.Services.AddAuditStore(services => services.GetRequiredKeyedService<NpgsqlDataSource>("Audit"));
        builder.Services.AddFileMasterKey(Required(builder, "MasterKey:File"));
    }

    public static void AddGridSilo(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<SiloOptions>().BindConfiguration(SiloOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        var options = builder.Configuration.GetSection(SiloOptions.Section).Get<SiloOptions>() ?? new();
        var orleans = Required(builder, "ConnectionStrings:Orleans");
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
            if (options.SiloName is { } name) silo.Configure<Orleans.Configuration.SiloOptions>(o => o.SiloName = name);
            silo.ConfigureEndpoints(IPAddress.Parse(options.Address), options.SiloPort, options.GatewayPort);
            silo.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = (AdoNetInvariant, orleans));
            silo.UseAdoNetReminderService(o => (o.Invariant, o.ConnectionString) = (AdoNetInvariant, orleans));
            // A cluster whose silos all died starts again within 3 x 5 s on other addresses, not after 90 s.
            silo.Configure<ClusterMembershipOptions>(o => (o.IAmAliveTablePublishTimeout, o.NumMissedTableIAmAliveLimit) = (TimeSpan.FromSeconds(5), 3));
            silo.AddGridStorage(o => o.ConnectionString = GridDataSource.WithDefaults(Required(builder, "ConnectionStrings:Grid")));
            silo.UseGridWire(builder);
            silo.AddGridStreams(builder.Configuration);
            silo.AddGridGrains(new(options.ConfineAudit, options.Role));
            silo.AddTenantFilter();
            silo.AddActivityPropagation();
        });
        builder.Services.AddReadiness("orleans", (services, _) => Task.FromResult(
            services.GetRequiredService<ISiloStatusOracle>().CurrentStatus == SiloStatus.Active ? null : "the silo has not joined the cluster"));
    }

    private static string Required(WebApplicationBuilder builder, string key) =>
        builder.Configuration[key] ?? throw new InvalidOperationException($"{key} is not configured.");
}
