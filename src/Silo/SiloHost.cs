using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Edge;
using ComplianceGrid.Silo.Auditing;
using ComplianceGrid.Silo.Auditing.Capacity;
using ComplianceGrid.Silo.Clock;
using ComplianceGrid.Silo.Hosting;
using ComplianceGrid.Silo.Identity;
using ComplianceGrid.Silo.Jobs;
using ComplianceGrid.Silo.Ledger;
using ComplianceGrid.Silo.Ledger.Delivery;
using ComplianceGrid.Silo.Outbox;
using ComplianceGrid.Silo.Retention;
using ComplianceGrid.Silo.Sweeps;

namespace ComplianceGrid.Silo;

/// <summary>The host of the grid: grains, streams, relays of the outbox, clustered jobs.</summary>
internal static class SiloHost
{
    /// <param name="configure">For a host inside another program, such as a test: its last word on services.</param>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddGridDefaults("silo");
        builder.AddGridDatabases();
        builder.AddGridClock();
        builder.AddGridSilo();
        builder.AddIdentity();
        builder.AddOutboxRelays();
        builder.AddGridJobs();
        builder.AddDueSweep();
        builder.AddAuditPartitions();
        builder.AddAuditCapacity();
        builder.AddLedger();
        builder.AddCheckpointDelivery();
        builder.AddRetention();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseGridEdge();
        app.MapGridDefaults();
        return app;
    }
}
