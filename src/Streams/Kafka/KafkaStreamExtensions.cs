using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Kafka;
using ComplianceGrid.Streams.Kafka.Producing;
using ComplianceGrid.Streams.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Streams;

public static class KafkaStreamExtensions
{
    /// <summary>
    /// Streams of <c>ComplianceEvent</c>s over a topic of Apache Kafka: at least once, in order per stream where nothing failed.
    /// Brings a health check (<c>streams:{name}</c>) and metrics; what cannot be delivered is parked in <c>grid.parked_event</c>.
    /// Open rows of the event log are copied to the topic, unless <see cref="KafkaStreamOptions.Relay"/> is off.
    /// </summary>
    public static ISiloBuilder AddKafkaStreams(this ISiloBuilder builder, string name, Action<KafkaStreamOptions> configure)
    {
        AddTransport(builder.Services, name, configure);
        builder.Services.AddLogHints(name);
        builder.AddReading(name);
        return builder.AddPersistentStreams(name, QueueAdapterFactory.Create, streams => streams.Configure(name));
    }

    /// <summary>Producing from a client. <c>OnNextAsync</c> returns once all replicas in sync have the event; no database is needed.</summary>
    public static IClientBuilder AddKafkaStreams(this IClientBuilder builder, string name, Action<KafkaStreamOptions> configure)
    {
        AddTransport(builder.Services, name, configure);
        return builder.AddPersistentStreams(name, QueueAdapterFactory.Create, streams => streams.ConfigurePubSub(name));
    }

    private static void AddTransport(IServiceCollection services, string name, Action<KafkaStreamOptions> configure)
    {
        services.AddCore(name, configure);
        services.AddKeyedSingleton(name, (provider, _) => new KafkaClients(Options(provider, name), provider.GetRequiredService<ILogger<KafkaClients>>()));
        services.AddKeyedSingleton(name, (provider, _) => new TopicSetup(
            Clients(provider, name), Options(provider, name), provider.GetRequiredService<ILogger<TopicSetup>>()));
        services.AddKeyedSingleton(name, (provider, _) => new TopicProducer(
            Clients(provider, name), provider.GetRequiredKeyedService<TopicSetup>(name), Options(provider, name)));
        services.AddKeyedSingleton<IStreamTransport>(name, (provider, _) =>
        {
            var (options, producer) = (Options(provider, name), provider.GetRequiredKeyedService<TopicProducer>(name));
            return new KafkaTransport(name, options, Clients(provider, name), provider.GetRequiredKeyedService<TopicSetup>(name), producer,
                new(producer, options, provider.GetRequiredService<ILogger<DeadLetters>>()),
                new(() => provider.GetRequiredKeyedService<LogAccess>(name)),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>());
        });
    }

    private static KafkaStreamOptions Options(IServiceProvider provider, string name) =>
        (KafkaStreamOptions)provider.GetRequiredKeyedService<GridStreamOptions>(name);

    private static KafkaClients Clients(IServiceProvider provider, string name) => provider.GetRequiredKeyedService<KafkaClients>(name);
}
