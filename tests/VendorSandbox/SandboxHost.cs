using System.Text.Json;
using System.Text.Json.Serialization;
using ComplianceGrid.VendorSandbox.Checkr;
using ComplianceGrid.VendorSandbox.Control;
using ComplianceGrid.VendorSandbox.Inbox;

namespace ComplianceGrid.VendorSandbox;

/// <summary>Stands in for the vendors' remote APIs, and for telephones and mailboxes: no webhook is sent, no status is judged here.</summary>
public static class SandboxHost
{
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        if (Environment.GetEnvironmentVariable("GRID_CONFIG") is { Length: > 0 } file) builder.Configuration.AddJsonFile(Path.GetFullPath(file), optional: false);
        builder.Services.AddOptions<CheckrAccount>().BindConfiguration("Checkr").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<CheckrState>().AddSingleton<FailurePlan>().AddSingleton<InboxState>();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.Never; // the vendor writes its nulls
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        configure?.Invoke(builder);
        if (!builder.Environment.IsDevelopment())
            throw new InvalidOperationException("The vendor sandbox runs in the Development environment only: it would answer in a vendor's name.");

        var app = builder.Build();
        app.MapGet("/health/live", () => "live");
        app.MapGet("/health/ready", () => "ready");
        app.MapCheckr();
        app.MapControl();
        app.MapInbox();
        return app;
    }
}
