using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Core.Failures;
using ComplianceGrid.Streams.Core.Monitoring;
using ComplianceGrid.Streams.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.Providers;

namespace ComplianceGrid.Streams;

/// <summary>What every transport registers alike, keyed by the provider's name.</summary>
internal static class GridStreamRegistration
{
    /// <summary>The parts that both a silo and a client need. The transport itself must be registered under the same key.</summary>
    public static void AddCore<TOptions>(this IServiceCollection services, string name, Action<TOptions>? configure) where TOptions : GridStreamOptions
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<TOptions>(name).Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, GridStreamOptionsValidator<TOptions>>());
        services.AddKeyedSingleton<GridStreamOptions>(name, (provider, _) => provider.GetRequiredService<IOptionsMonitor<TOptions>>().Get(name));
        services.AddLogAccess(name);
        services.AddKeyedSingleton(name, (provider, _) => new LiveQueues(name, provider.GetRequiredKeyedService<GridStreamOptions>(name)));
        services.AddKeyedSingleton(name, (provider, _) => new QueueAdapter(name,
            provider.GetRequiredKeyedService<IStreamTransport>(name), provider.GetRequiredKeyedService<LiveQueues>(name),
            provider.GetRequiredKeyedService<GridStreamOptions>(name), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
    }

    /// <summary>The parts that only a silo needs: agents, failures, sweep, measures and health.</summary>
    public static void AddReading(this ISiloBuilder builder, string name)
    {
        var services = builder.Services;
        services.AddKeyedSingleton(name, (provider, _) => Make<FailureSettler>(provider, name, Backoff(provider, name)));
        services.AddKeyedSingleton(name, (provider, _) => ActivatorUtilities.CreateInstance<QueueMonitor>(provider, Queues(provider, name), Options(provider, name)));
        services.AddSingleton<IHostedService>(provider =>
        {
            StreamTelemetry.Observe(Queues(provider, name));
            return provider.GetRequiredKeyedService<QueueMonitor>(name);
        });
        services.AddSingleton<IHostedService>(provider => Make<StuckEventSweep>(provider, name,
            Queues(provider, name), Options(provider, name), provider.GetRequiredKeyedService<FailureSettler>(name)));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            $"streams:{name}", provider => new StreamHealthCheck(provider.GetRequiredKeyedService<QueueMonitor>(name)), HealthStatus.Unhealthy, ["ready"]));
        if (services.All(service => service.ImplementationType != typeof(DeliveryFilter))) builder.AddOutgoingGrainCallFilter<DeliveryFilter>();
    }

    /// <summary>
    /// Orleans takes one container a delivery. Batches are ours, <see cref="EventBatch"/>: of one of Orleans' own that failed only the first event is named,
    /// and the cursor cannot know the others.
    /// </summary>
    public static void Configure(this ISiloPersistentStreamConfigurator streams, string name)
    {
        streams.ConfigurePubSub(name);
        streams.ConfigurePartitionBalancing(EvenQueueBalancer.Create);
        streams.ConfigureComponent<IMessageDeliveryBackoffProvider>((provider, key) => Backoff(provider, key));
        streams.ConfigureDelegate(services => services.AddOptions<StreamPullingAgentOptions>(name).Configure<IServiceProvider>((agent, provider) =>
        {
            var options = Options(provider, name);
            agent.BatchContainerBatchSize = 1;
            agent.GetQueueMsgsTimerPeriod = options.PollPeriod;
            agent.MaxEventDeliveryTime = options.MaxEventDeliveryTime;
        }));
    }

    public static void ConfigurePubSub(this INamedServiceConfigurator streams, string name) => streams.ConfigureDelegate(services =>
        services.AddOptions<StreamPubSubOptions>(name).Configure<IServiceProvider>((pubSub, provider) => pubSub.PubSubType = Options(provider, name).PubSub));

    private static GridStreamOptions Options(IServiceProvider provider, string name) => provider.GetRequiredKeyedService<GridStreamOptions>(name);

    private static LiveQueues Queues(IServiceProvider provider, string name) => provider.GetRequiredKeyedService<LiveQueues>(name);

    private static DeliveryBackoff Backoff(IServiceProvider provider, string name) =>
        new(Options(provider, name).MinRetryDelay, Options(provider, name).MaxRetryDelay);

    private static T Make<T>(IServiceProvider provider, string name, params object[] parts) =>
        ActivatorUtilities.CreateInstance<T>(provider, [provider.GetRequiredKeyedService<IStreamTransport>(name), .. parts]);
}
