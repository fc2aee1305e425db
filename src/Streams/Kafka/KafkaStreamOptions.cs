using ComplianceGrid.Storage.Events;
using Confluent.Kafka;

namespace ComplianceGrid.Streams.Kafka;

/// <summary>Where a group that has never committed an offset begins.</summary>
public enum KafkaStart
{
    /// <summary>At the oldest event that the topic holds.</summary>
    Earliest,

    /// <summary>Behind the newest one.</summary>
    Latest,

    /// <summary>With the events that are, by their own <c>time</c>, not older than <see cref="KafkaStreamOptions.StartTime"/>.</summary>
    Time,
}

/// <summary>Streams over a topic of Apache Kafka.</summary>
public sealed class KafkaStreamOptions : GridStreamOptions
{
    /// <summary><c>host:port</c>, several with commas between.</summary>
    public string BootstrapServers { get; set; } = "";

    public string Topic { get; set; } = "grid-events";

    /// <summary>Whose offsets are committed. One group for each set of silos that shall hear every event.</summary>
    public string Group { get; set; } = "grid";

    /// <summary>One queue each. With <see cref="Relay"/> it must be the number of the event log's queues.</summary>
    public int Partitions { get; set; } = EventQueues.Count;

    /// <summary>Whether a topic that is not there is made. One that is there is never changed.</summary>
    public bool CreateTopics { get; set; } = true;

    /// <summary>How long a new topic keeps events.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Copies of a new topic's partitions; -1: as many as the broker makes by itself.</summary>
    public short ReplicationFactor { get; set; } = -1;

    public KafkaStart Start { get; set; } = KafkaStart.Earliest;

    /// <summary>For <see cref="KafkaStart.Time"/>.</summary>
    public DateTimeOffset? StartTime { get; set; }

    public CompressionType Compression { get; set; } = CompressionType.Lz4;

    /// <summary>How often the offset of what has been delivered is committed.</summary>
    public TimeSpan CommitPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a broker holds a request for events when it has none.</summary>
    public TimeSpan FetchWait { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long the brokers may take to have an event durable, before its producer is told that it failed.</summary>
    public TimeSpan ProduceTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets a copy of each event that is parked; null: none does.</summary>
    public string? DeadLetterTopic { get; set; }

    /// <summary>Whether the open rows of the event log are copied to the topic. Off where the topic has other producers only.</summary>
    public bool Relay { get; set; } = true;

    /// <summary>Whether records carry the header <c>content-type</c>. Brokers before 0.11 know no headers.</summary>
    public bool Headers { get; set; } = true;

    /// <summary>
    /// Settings of librdkafka for every client, for example <c>security.protocol</c>, <c>ssl.ca.location</c>, <c>sasl.mechanism</c>,
    /// <c>sasl.username</c>, <c>sasl.oauthbearer.method</c>. They have the last word, and are never logged.
    /// </summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>The same for producers alone.</summary>
    public Dictionary<string, string> ProducerSettings { get; } = [];

    /// <summary>The same for consumers alone.</summary>
    public Dictionary<string, string> ConsumerSettings { get; } = [];

    internal override IEnumerable<string> Faults()
    {
        foreach (var fault in base.Faults()) yield return fault;
        foreach (var (text, what) in new[] { (BootstrapServers, nameof(BootstrapServers)), (Topic, nameof(Topic)), (Group, nameof(Group)) })
        {
            if (string.IsNullOrWhiteSpace(text)) yield return $"{what} is missing.";
        }

        if (Partitions < 1) yield return "Partitions must be at least 1.";
        if (Relay && Partitions != EventQueues.Count) yield return $"Partitions must be {EventQueues.Count}, the number of the event log's queues, which are copied one to one.";
        if (ReplicationFactor is 0 or < -1) yield return "ReplicationFactor must be at least 1, or -1.";
        if (Start == KafkaStart.Time != StartTime is not null) yield return "StartTime belongs to Start = Time, and Start = Time needs it.";
        if (DeadLetterTopic == Topic) yield return "DeadLetterTopic must not be the topic itself: what is parked would come again.";
        foreach (var (period, what) in new[]
        {
            (Retention, nameof(Retention)), (CommitPeriod, nameof(CommitPeriod)), (FetchWait, nameof(FetchWait)), (ProduceTimeout, nameof(ProduceTimeout)),
        })
        {
            if (period <= TimeSpan.Zero) yield return $"{what} must be longer than zero.";
        }
    }
}
