using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Streams;
using ComplianceGrid.Streams.Kafka;
using Orleans.Streams;

namespace ComplianceGrid.Benchmarks.Streaming;

internal enum CarrierKind { Memory, Kafka, Postgres }

/// <summary>What carries the events of one measurement, and what the silo that is measured is told. Crosses to its process as JSON.</summary>
internal sealed record Carrier
{
    // What Orleans' memory streams let one choose is set as the grid's providers have it, so that the carriers differ and nothing else does.
    private static readonly TimeSpan PollPeriod = TimeSpan.FromMilliseconds(10);

    public required CarrierKind Kind { get; init; }

    /// <summary>Events of one stream in one delivery, at most.</summary>
    public required int Batch { get; init; }

    public required int SiloPort { get; init; }
    public required int GatewayPort { get; init; }

    /// <summary>The grid's database as <c>grid_silo</c>: the event log, and where what cannot be delivered is parked.</summary>
    public required string Database { get; init; }

    public required string Brokers { get; init; }
    public required string Topic { get; init; }

    /// <summary>Of brokers that do not tell theirs; null: they do.</summary>
    public string? BrokerVersion { get; init; }

    public void AddTo(ISiloBuilder silo)
    {
        switch (Kind)
        {
            case CarrierKind.Memory:
                silo.AddMemoryStreams(StreamNamespaces.Provider, streams =>
                {
                    streams.ConfigurePartitioning(EventQueues.Count);
                    streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
                    streams.ConfigurePullingAgent(agent => agent.Configure(options =>
                        (options.BatchContainerBatchSize, options.GetQueueMsgsTimerPeriod) = (Batch, PollPeriod)));
                });
                break;
            case CarrierKind.Kafka:
                silo.AddKafkaStreams(StreamNamespaces.Provider, options =>
                {
                    Configure(options);
                    (options.ConnectionString, options.Relay, options.DeliveryBatch, options.PollPeriod) = (Database, false, Batch, PollPeriod);
                });
                break;
            case CarrierKind.Postgres:
                silo.AddPostgresStreams(StreamNamespaces.Provider, options => (options.ConnectionString, options.DeliveryBatch, options.PollPeriod) = (Database, Batch, PollPeriod));
                break;
            default:
                throw new InvalidOperationException($"Unknown carrier {Kind}.");
        }
    }

    /// <summary>For producing from another process. Events for PostgreSQL are appended to the log, as whoever causes them does.</summary>
    public void AddTo(IClientBuilder client)
    {
        if (Kind == CarrierKind.Memory) client.AddMemoryStreams(StreamNamespaces.Provider, streams => streams.ConfigurePartitioning(EventQueues.Count));
        if (Kind == CarrierKind.Kafka) client.AddKafkaStreams(StreamNamespaces.Provider, Configure);
    }

    private void Configure(KafkaStreamOptions options)
    {
        (options.BootstrapServers, options.Topic, options.Group) = (Brokers, Topic, Topic);
        if (BrokerVersion is null) return;
        options.Headers = false;
        options.Settings["api.version.request"] = "false";
        options.Settings["broker.version.fallback"] = BrokerVersion;
        options.ProducerSettings["enable.idempotence"] = "false";
    }
}
