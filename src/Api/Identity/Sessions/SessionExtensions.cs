using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Sessions;
using Npgsql;

namespace ComplianceGrid.Api.Identity.Sessions;

internal static class SessionExtensions
{
    /// <summary><see cref="SessionGate"/>, and what it lives by. Needs the grid's client and the read models' database.</summary>
    public static void AddSessions(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ISessions, GridSessions>();
        builder.Services.AddSingleton(services => new SessionEnds(services.GetRequiredKeyedService<NpgsqlDataSource>("Grid")));
        builder.Services.AddSingleton<SessionFeed>();
        builder.Services.AddSingleton<SessionActivity>();
        builder.Services.AddSingleton<SessionGate>();
        builder.Services.AddSingleton<AccountSessions>();
        if (OpenApiBuild.IsRunning) return; // the document needs the endpoints only
        builder.Services.AddGridLoop(SessionFeed.LoopName, services => services.GetRequiredService<SessionFeed>());
        builder.Services.AddGridLoop(SessionActivity.LoopName, services => services.GetRequiredService<SessionActivity>());
    }
}
