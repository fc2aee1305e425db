using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Events.Reader;
using ComplianceGrid.Streams.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ComplianceGrid.Streams.Log;

/// <summary>A provider's way to the event log, keyed by its name.</summary>
internal static class LogRegistration
{
    public static void AddLogAccess(this IServiceCollection services, string name)
    {
        services.AddKeyedSingleton<QueueHints>(name);
        services.AddKeyedSingleton(name, (provider, _) => new OwnDatabase(Options(provider, name).ConnectionString));
        services.AddKeyedSingleton(name, (provider, _) => new LogAccess(
            Database(provider, name), provider.GetRequiredKeyedService<QueueHints>(name), Options(provider, name),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
    }

    /// <summary>Keeps this process listening for hints; for whoever reads the log.</summary>
    public static void AddLogHints(this IServiceCollection services, string name) =>
        services.AddSingleton<IHostedService>(provider =>
        {
            var own = provider.GetService<EventHints>();
            return new HintService(new EventHintListener(Database(provider, name), own), own, provider.GetRequiredKeyedService<QueueHints>(name),
                new DeliveryBackoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5)),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<HintService>>());
        });

    private static GridStreamOptions Options(IServiceProvider provider, string name) => provider.GetRequiredKeyedService<GridStreamOptions>(name);

    private static NpgsqlDataSource Database(IServiceProvider provider, string name) =>
        provider.GetRequiredKeyedService<OwnDatabase>(name).Source ?? provider.GetRequiredService<NpgsqlDataSource>();

    /// <summary>The provider's own pool, when it was given a connection string; disposed with the host.</summary>
    private sealed class OwnDatabase(string? connectionString) : IAsyncDisposable
    {
        public NpgsqlDataSource? Source { get; } = connectionString is null ? null : NpgsqlDataSource.Create(connectionString);

        public ValueTask DisposeAsync() => Source?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
