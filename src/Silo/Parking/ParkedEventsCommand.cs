using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Database;
using ComplianceGrid.Storage.Parking;

namespace ComplianceGrid.Silo.Parking;

/// <summary><c>ComplianceGrid.Silo parked</c>: events that no delivery could get saved. It joins no cluster.</summary>
internal static class ParkedEventsCommand
{
    /// <param name="options">Configuration as on a host's command line, for a test.</param>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, params string[] options)
    {
        var builder = WebApplication.CreateBuilder(options);
        builder.AddGridDefaults("silo");
        builder.Services.AddGridDataSource("Grid");
        builder.Services.AddSingleton<ParkedEvents>();
        await using var app = builder.Build();
        return await ParkedCommand.RunAsync(app.Services.GetRequiredService<ParkedEvents>(), args, output, error, default);
    }
}
