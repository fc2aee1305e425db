using System.Collections.Frozen;
using ComplianceGrid.Storage.Events;
using Confluent.Kafka;

namespace ComplianceGrid.Benchmarks.Streaming;

/// <summary>What the same brokers and the same client library carry with nothing around them: the same bytes, settings, partitions and number on their way.</summary>
internal static class BareKafka
{
    private static readonly byte[] ContentType = "application/cloudevents+json; charset=utf-8"u8.ToArray();
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    /// <returns>Records consumed a second.</returns>
    public static async Task<double> RunAsync(Brokers brokers, int callers, TimeSpan warmUp, TimeSpan measured, CancellationToken ct)
    {
        var topic = await brokers.NewTopicAsync();
        var bodies = Enumerable.Range(0, BenchEvents.Streams).Select(n => BenchEvents.Of(n, TimeProvider.System.GetUtcNow())).ToFrozenDictionary(e => e.Key, CloudEventJson.Write);
        var produced = Client(brokers, new ProducerConfig
        {
            EnableIdempotence = brokers.Version is null,
            Acks = Acks.All,
            LingerMs = 5,
            CompressionType = CompressionType.Lz4,
        });
        using var producer = new ProducerBuilder<string, byte[]>(produced).Build();
        var load = new StreamLoad(e => producer.ProduceAsync(new TopicPartition(topic, EventQueues.Of(e.Key)), new()
        {
            Key = e.Key,
            Value = bodies[e.Key],
            Headers = brokers.Version is null ? new Headers { { "content-type", ContentType } } : null,
        }), callers);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var consumed = 0L;
        var consuming = Task.Factory.StartNew(() => Consume(brokers, topic, () =>
        {
            Interlocked.Increment(ref consumed);
            load.Handled(1);
        }, stop.Token), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            return await load.AtFullSpeedAsync(warmUp, measured, () => Interlocked.Read(ref consumed), ct);
        }
        finally
        {
            await stop.CancelAsync();
            await consuming;
        }
    }

    private static void Consume(Brokers brokers, string topic, Action counted, CancellationToken ct)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(Client(brokers, new ConsumerConfig { GroupId = topic, EnableAutoCommit = false, FetchWaitMaxMs = 50 })).Build();
        consumer.Assign(Enumerable.Range(0, EventQueues.Count).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        while (!ct.IsCancellationRequested)
        {
            if (consumer.Consume(Slice) is not null) counted();
        }
    }

    private static TConfig Client<TConfig>(Brokers brokers, TConfig config) where TConfig : ClientConfig
    {
        config.BootstrapServers = brokers.Servers;
        if (brokers.Version is not { } version) return config;
        config.ApiVersionRequest = false;
        config.BrokerVersionFallback = version;
        return config;
    }
}
