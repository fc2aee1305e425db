using ComplianceGrid.Storage.Events;
using ComplianceGrid.TestKit;
using Confluent.Kafka;

namespace ComplianceGrid.Streams.Tests.Support;

/// <summary>A topic seen from outside, by clients of the test's own.</summary>
internal static class Topics
{
    /// <summary>Offsets that a group has committed, by partition; -1001: none.</summary>
    public static long[] Committed(TestBroker broker, string topic, string group)
    {
        using var consumer = Consumer(broker, group);
        return [.. consumer.Committed(Enumerable.Range(0, EventQueues.Count).Select(n => new TopicPartition(topic, n)), Eventually.Patience).OrderBy(found => found.Partition.Value).Select(found => found.Offset.Value)];
    }

    /// <summary>Offsets behind the last record, by partition.</summary>
    public static long[] Ends(TestBroker broker, string topic)
    {
        using var consumer = Consumer(broker, "ends");
        return [.. Enumerable.Range(0, EventQueues.Count).Select(n => End(consumer, new(topic, n)))];
    }

    // Apache Kafka 0.9 counts a partition's segments twice for its answer: the first record of a new one between the two is an unknown error of its own.
    private static long End(IConsumer<Ignore, Ignore> consumer, TopicPartition partition)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return consumer.QueryWatermarkOffsets(partition, Eventually.Patience).High.Value;
            }
            catch (KafkaException e) when (e.Error.Code == Confluent.Kafka.ErrorCode.Unknown && tries < 10)
            {
                // It is asked again.
            }
        }
    }

    /// <summary>Until the group named like the topic has committed each partition's end.</summary>
    public static Task UntilCommittedAsync(TestBroker broker, string topic, CancellationToken ct) => UntilCommittedAsync(broker, topic, Eventually.Patience, ct);

    /// <summary>Whether it has committed each partition's end after this time at most.</summary>
    public static async Task<bool> IsCommittedAsync(TestBroker broker, string topic, TimeSpan within, CancellationToken ct)
    {
        try
        {
            await UntilCommittedAsync(broker, topic, within, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static Task UntilCommittedAsync(TestBroker broker, string topic, TimeSpan within, CancellationToken ct)
    {
        var ends = string.Join(' ', Ends(broker, topic));
        return Eventually.IsAsync(() => Task.FromResult(string.Join(' ', Committed(broker, topic, topic).Select(offset => Math.Max(0, offset)))),
            committed => committed == ends, $"the offsets {ends} are committed", ct, within);
    }

    /// <summary>All records of a topic, as they came.</summary>
    public static List<ConsumeResult<string?, byte[]>> Read(TestBroker broker, string topic)
    {
        using var consumer = new ConsumerBuilder<string?, byte[]>(broker.Client(new ConsumerConfig
        {
            GroupId = "reads",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        })).Build();
        consumer.Assign(Enumerable.Range(0, EventQueues.Count).Select(n => new TopicPartitionOffset(topic, n, Offset.Beginning)));
        var (records, ended) = (new List<ConsumeResult<string?, byte[]>>(), 0);
        while (ended < EventQueues.Count)
        {
            var record = consumer.Consume(Eventually.Patience) ?? throw new TimeoutException($"{topic} has no end.");
            if (record.IsPartitionEOF) ended++;
            else records.Add(record);
        }

        return records;
    }

    /// <summary>As a producer does that the grid does not know.</summary>
    public static Task ProduceAsync(TestBroker broker, string topic, int partition, byte[]? body) => ProduceAsync(broker, topic, partition, new[] { body });

    public static async Task ProduceAsync(TestBroker broker, string topic, int partition, IEnumerable<byte[]?> bodies)
    {
        using var producer = new ProducerBuilder<string?, byte[]?>(broker.Client(new ProducerConfig { LingerMs = 0 })).SetValueSerializer(Serializers.ByteArray!).Build();
        await Task.WhenAll(bodies.Select(body => producer.ProduceAsync(new TopicPartition(topic, partition), new() { Value = body })));
    }

    private static IConsumer<Ignore, Ignore> Consumer(TestBroker broker, string group) =>
        new ConsumerBuilder<Ignore, Ignore>(broker.Client(new ConsumerConfig { GroupId = group, EnableAutoCommit = false })).Build();
}
