using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Log;
using ComplianceGrid.Streams.Postgres;
using Microsoft.Extensions.DependencyInjection;

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
        builder.Services.AddLogHints(name);
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
        return builder.AddPersistentStreams(name, QueueAdapterFactory.Create, streams => streams.ConfigurePubSub(name));
    }

    private static void AddTransport(IServiceCollection services, string name, Action<PostgresStreamOptions>? configure)
    {
        services.AddCore(name, configure);
        services.AddKeyedSingleton<IStreamTransport>(name, (provider, _) => new PostgresTransport(provider.GetRequiredKeyedService<LogAccess>(name)));
    }
}
