using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Database;
using ComplianceGrid.Storage.Parking;

namespace ComplianceGrid.Gateway.Inbox;

/// <summary>The gateway's verb <c>parked</c>: webhooks that were given up.</summary>
internal static class ParkedWebhooksCommand
{
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddGridDefaults("gateway");
        builder.Services.AddGridDataSource("Grid");
        builder.Services.AddSingleton<ParkedWebhooks>();
        configure?.Invoke(builder);
        await using var app = builder.Build();
        return await ParkedCommand.RunAsync(app.Services.GetRequiredService<ParkedWebhooks>(), args, output, error, default);
    }
}
