using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Streams.Kafka;

/// <summary>Makes the clients of one provider. What librdkafka says of itself goes to the log; the settings never do.</summary>
internal sealed partial class KafkaClients(KafkaStreamOptions options, ILogger<KafkaClients> log)
{
    // A broker that comes back is found soon; librdkafka's own limit is 10 s.
    private const int LongestReconnectMs = 1000;

    // Events read ahead of a queue's agent; librdkafka's own limit is 100,000 a partition, and it would look for room once a second.
    private const int ReadAhead = 2000;
    private const int ReadAheadKilobytes = 4096;
    private const int LookAgainMs = 10;

    // For company, as Kafka's own clients wait since 4.0: a request for each record took half of the producer's time.
    private const int LingerMs = 5;

    /// <summary>Writes in the order of the calls, each once, to all replicas in sync.</summary>
    public IProducer<string?, byte[]> Producer() => new ProducerBuilder<string?, byte[]>(With(new ProducerConfig
    {
        EnableIdempotence = true,
        Acks = Acks.All,
        LingerMs = LingerMs,
        CompressionType = options.Compression,
        MessageTimeoutMs = (int)options.ProduceTimeout.TotalMilliseconds,
    }, options.ProducerSettings)).SetKeySerializer(Serializers.Utf8!).SetLogHandler(Log).SetErrorHandler(LogError).Build();

    /// <summary>Without automatic commits, and told where a partition ends. An offset that is no more is replaced by the oldest that is: nothing is skipped.</summary>
    public IConsumer<Ignore, byte[]> Consumer() => new ConsumerBuilder<Ignore, byte[]>(With(new ConsumerConfig
    {
        GroupId = options.Group,
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnablePartitionEof = true,
        FetchWaitMaxMs = (int)options.FetchWait.TotalMilliseconds,
        QueuedMinMessages = ReadAhead,
        FetchQueueBackoffMs = LookAgainMs,
        QueuedMaxMessagesKbytes = ReadAheadKilobytes,
    }, options.ConsumerSettings)).SetLogHandler(Log).SetErrorHandler(LogError).Build();

    public IAdminClient Admin() => new AdminClientBuilder(With(new AdminClientConfig(), [])).SetLogHandler(Log).SetErrorHandler(LogError).Build();

    private TConfig With<TConfig>(TConfig config, Dictionary<string, string> own) where TConfig : ClientConfig
    {
        config.BootstrapServers = options.BootstrapServers;
        config.ClientId = "compliance-grid";
        config.ReconnectBackoffMaxMs = LongestReconnectMs;
        foreach (var (key, value) in options.Settings.Concat(own)) config.Set(key, value);
        return config;
    }

    // Called from librdkafka's own threads, perhaps before the client is whole: it must not be touched, and what is thrown here ends the process.
    private void Log(IClient client, LogMessage message) =>
        LogClient(message.Level <= SyslogLevel.Error ? LogLevel.Warning : LogLevel.Debug, message.Name, message.Facility, message.Message);

    private void LogError(IClient client, Error error) =>
        LogClient(error.IsFatal ? LogLevel.Error : LogLevel.Debug, options.Topic, error.Code.ToString(), error.Reason);

    [LoggerMessage(EventId = 5020, Message = "{Client} {Facility}: {Message}")]
    private partial void LogClient(LogLevel level, string client, string facility, string message);
}
