using ComplianceGrid.Events;
using ComplianceGrid.Streams.Kafka;

namespace ComplianceGrid.Streams.Tests.Support;

internal static class KafkaSilo
{
    /// <summary>A silo whose provider's transport is a topic of the test's brokers.</summary>
    public static Task<TestSilo> StartAsync(TestBroker broker, string topic, string connectionString, Arrivals arrivals, CancellationToken ct,
        Action<KafkaStreamOptions>? configure = null, TestSilo? primary = null) =>
        TestSilo.StartAsync(silo => silo.AddMemoryGrainStorage("PubSubStore").AddKafkaStreams(StreamNamespaces.Provider, options =>
        {
            options.ConnectionString = connectionString;
            broker.Configure(options);
            options.Topic = topic;
            configure?.Invoke(options);
        }), arrivals, ct, primary);
}
