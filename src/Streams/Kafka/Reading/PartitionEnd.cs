using System.Text.Json;
using ComplianceGrid.Streams.Kafka.Wire;
using Confluent.Kafka;

namespace ComplianceGrid.Streams.Kafka.Reading;

/// <summary>Looks at the end of a partition, to see how far the event log was copied to it. Blocks.</summary>
internal sealed class PartitionEnd(KafkaClients clients, TopicSetup topic, KafkaStreamOptions options)
{
    // Other producers' events may stand behind the last copy. With more of them than this, rows are copied again, which is harmless.
    private const int LookBack = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Slice = TimeSpan.FromMilliseconds(100);

    /// <summary>The highest position among the last records; 0: none of them is a copy.</summary>
    /// <exception cref="KafkaException">The brokers are away.</exception>
    public long LastLogPosition(int partition, CancellationToken ct)
    {
        topic.Ensure();
        var of = new TopicPartition(options.Topic, partition);
        using var consumer = clients.Consumer();
        var range = consumer.QueryWatermarkOffsets(of, Patience);
        if (range.Low >= range.High) return 0;

        consumer.Assign(new TopicPartitionOffset(of, Math.Max(range.Low, range.High - LookBack)));
        var last = 0L;
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            if (consumer.Consume(Slice) is not { } record) continue;
            if (record.IsPartitionEOF) return last;
            last = Math.Max(last, PositionOf(record.Message));
            if (record.Offset >= range.High - 1) return last;
        }
    }

    private static long PositionOf(Message<Ignore, byte[]> record)
    {
        try
        {
            return RecordReader.Read(record).Event.LogPosition?.Position ?? 0;
        }
        catch (Exception error) when (error is JsonException or FormatException or NotSupportedException)
        {
            return 0; // the queue's reader parks it
        }
    }
}
