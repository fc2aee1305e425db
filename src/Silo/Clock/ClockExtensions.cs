using System.Diagnostics.Metrics;
using ComplianceGrid.ServiceDefaults.Loops;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace ComplianceGrid.Silo.Clock;

internal static class ClockExtensions
{
    /// <summary>
    /// The <see cref="TimeProvider"/> of grains, jobs, streams and relays. Orleans' own parts, which ask for one by key, get the machine's: they
    /// compare it with times that they take from the machine themselves.
    /// </summary>
    public static void AddGridClock(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(_ => new GridClock(TimeProvider.System));
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(services => services.GetRequiredService<GridClock>()));
        builder.Services.AddKeyedSingleton(KeyedService.AnyKey, TimeProvider.System);
        builder.Services.AddGridLoop(ClockLoop.LoopName, services => new ClockLoop(
            services.GetRequiredService<GridClock>(),
            services.GetRequiredKeyedService<NpgsqlDataSource>("Grid"),
            services.GetRequiredService<IHostApplicationLifetime>(),
            services.GetRequiredService<IMeterFactory>(),
            services.GetRequiredService<ILogger<ClockLoop>>()));
    }
}
