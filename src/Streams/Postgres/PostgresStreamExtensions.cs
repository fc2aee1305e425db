using ComplianceGrid.Storage.Events.Reader;
using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ComplianceGrid.Streams;

public static class PostgresStreamExtensions
{
    /// <summary>
    /// Streams of <c>ComplianceEvent</c>s over <c>grid.event_log</c>, for implicit subscribers: at least once, in order per
    /// stream where nothing failed. Brings a health check (<c>streams:{name}</c>) and metrics; what cannot
    /// be delivered is parked in <c>grid.parked_event</c>.
    /// </summary>
    public static ISiloBuilder AddPostgresStreams(this ISiloBuilder builder, string name, Action<PostgresStreamOptions>? configure = null)
    {
        AddTransport(builder.Services, name, configure);
        builder.Services.AddKeyedSingleton(name, (provider, _) => new EventHintListener(Database(provider, name)));
        builder.Services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<HintService>(provider,
            provider.GetRequiredKeyedService<EventHintListener>(name), provider.GetRequiredKeyedService<QueueHints>(name),
            new DeliveryBackoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5))));
        builder.AddReading(name);
        return builder.AddPersistentStreams(name, QueueAdapterFactory.Create, streams => streams.Configure(name));
    }

    /// <summary>
    /// Producing from a client. <c>OnNextAsync</c> appends to the event log and returns once that is durable; the client's
    /// role must be allowed to.
    /// </summary>
    public static IClientBuilder AddPostgresStreams(this IClientBuilder builder, string name, Action<PostgresStreamOptions>? configure = null)
    {
        AddTransport(builder.Services, name, configure);
        return builder.AddPersistentStreams(name, QueueAdapterFactory.Create, streams => streams.ConfigureStreamPubSub(Orleans.Streams.StreamPubSubType.ImplicitOnly));
    }

    private static void AddTransport(IServiceCollection services, string name, Action<PostgresStreamOptions>? configure)
    {
        services.AddOptions<PostgresStreamOptions>(name).Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PostgresStreamOptions>, PostgresStreamOptionsValidator>();
        services.AddCore(name, provider => Options(provider, name));
        services.AddKeyedSingleton<QueueHints>(name);
        services.AddKeyedSingleton(name, (provider, _) => new OwnDatabase(Options(provider, name).ConnectionString));
        services.AddKeyedSingleton<IStreamTransport>(name, (provider, _) => new PostgresTransport(
            Database(provider, name), provider.GetRequiredKeyedService<QueueHints>(name), Options(provider, name),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
    }

    private static PostgresStreamOptions Options(IServiceProvider provider, string name) =>
        provider.GetRequiredService<IOptionsMonitor<PostgresStreamOptions>>().Get(name);

    private static NpgsqlDataSource Database(IServiceProvider provider, string name) =>
        provider.GetRequiredKeyedService<OwnDatabase>(name).Source ?? provider.GetRequiredService<NpgsqlDataSource>();

    /// <summary>The provider's own pool, when it was given a connection string; disposed with the host.</summary>
    private sealed class OwnDatabase(string? connectionString) : IAsyncDisposable
    {
        public NpgsqlDataSource? Source { get; } = connectionString is null ? null : NpgsqlDataSource.Create(connectionString);

        public ValueTask DisposeAsync() => Source?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
