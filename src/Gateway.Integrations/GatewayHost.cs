using ComplianceGrid.Gateway.Auditing;
using ComplianceGrid.Gateway.Connections;
using ComplianceGrid.Gateway.Inbox;
using ComplianceGrid.Gateway.Ordering;
using ComplianceGrid.Gateway.Status;
using ComplianceGrid.Gateway.Vendors.Checkr;
using ComplianceGrid.Gateway.Webhooks;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Edge;
using ComplianceGrid.ServiceDefaults.Database;
using ComplianceGrid.ServiceDefaults.Wire;
using ComplianceGrid.Storage.Inbox;
using ComplianceGrid.Storage.Migrations;
using Scalar.AspNetCore;

namespace ComplianceGrid.Gateway;

/// <summary>The vendor boundary: takes vendors' webhooks in, reads their objects, places orders with them.</summary>
public static class GatewayHost
{
    /// <param name="configure">For a host inside another program, such as a test: its last word on configuration and services.</param>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddGridDefaults("gateway");
        builder.AddGridWire(WireRole.Silo);
        builder.Services.AddGridDataSource("Grid", async (database, ct) =>
            await SchemaVersion.IsCurrentAsync(database, ct) ? null : "The database is not migrated to this version.");
        builder.Services.AddGatewayVault();
        builder.Services.AddInboxStorage();
        builder.Services.AddVendorConnections();
        builder.Services.AddRequestAudit();
        builder.Services.AddCheckr();
        builder.Services.AddWebhookIntake();
        builder.Services.AddInboxWorker();
        builder.Services.AddServiceTokens();
        builder.Services.AddOrdering();
        builder.Services.AddOpenApi();
        configure?.Invoke(builder);
        if (OpenApiBuild.IsRunning) RemoveLoops(builder.Services);

        var app = builder.Build();
        app.UseGridEdge();
        app.UseRequestAudit();
        app.MapGridDefaults();
        app.UseAuditedEndpoints();
        app.UseGridWire();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapWebhooks();
        app.MapOrdering();
        app.MapStatus();
        app.MapOpenApi();
        app.MapScalarApiReference("/reference", reference => reference
            .WithTitle("Compliance Grid integrations gateway")
            .DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideClientButton().HideDeveloperTools()).KeepToThisHost();
        app.RequireAuditLinesEverywhere();
        return app;
    }

    /// <summary>The document needs the endpoints only. The build starts the host, but takes away those services alone that it knows by type.</summary>
    private static void RemoveLoops(IServiceCollection services)
    {
        foreach (var loop in services.Where(s => s.ServiceType == typeof(IHostedService) && !s.IsKeyedService && IsOurs(s)).ToList()) services.Remove(loop);
    }

    private static bool IsOurs(ServiceDescriptor service) =>
        service.ImplementationFactory is { Method.Module.Name: var module } ? module.StartsWith("ComplianceGrid", StringComparison.Ordinal)
            : service.ImplementationType?.Assembly == typeof(GatewayHost).Assembly;
}
