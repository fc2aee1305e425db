using System.Text.Json;
using ComplianceGrid.Streams.Kafka.Wire;
using Confluent.Kafka;

namespace ComplianceGrid.Streams.Kafka.Reading;

/// <summary>Looks at the end of a partition, to see what of the event log was copied to it last. Blocks.</summary>
internal sealed class PartitionEnd(KafkaClients clients, TopicSetup topic, KafkaStreamOptions options)
{
    // Other producers' events may stand behind the last copy. With more of them than this, rows are copied again, which is harmless.
    private const int LookBack = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Slice = TimeSpan.FromMilliseconds(100);

    /// <summary>The positions of the rows that the last records are copies of; empty: none of them is a copy.</summary>
    /// <exception cref="KafkaException">The brokers are away.</exception>
    public HashSet<long> LogPositions(int partition, CancellationToken ct)
    {
        topic.Ensure();
        var of = new TopicPartition(options.Topic, partition);
        using var consumer = clients.Consumer();
        var range = consumer.QueryWatermarkOffsets(of, Patience);
        HashSet<long> positions = [];
        if (range.Low >= range.High) return positions;

        consumer.Assign(new TopicPartitionOffset(of, Math.Max(range.Low, range.High - LookBack)));
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            if (consumer.Consume(Slice) is not { } record) continue;
            if (record.IsPartitionEOF) return positions;
            if (PositionOf(record.Message) is { } position) positions.Add(position);
            if (record.Offset >= range.High - 1) return positions;
        }
    }

    private static long? PositionOf(Message<Ignore, byte[]> record)
    {
        try
        {
            return RecordReader.Read(record).Event.LogPosition?.Position;
        }
        catch (Exception error) when (error is JsonException or FormatException or NotSupportedException)
        {
            return null; // the queue's reader parks it
        }
    }
}
