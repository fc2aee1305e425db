using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace ComplianceGrid.Streams.Kafka;

/// <summary>Sees to it that the topic is there, and has the partitions that the queues are. Blocks; asks once in a process' life.</summary>
internal sealed partial class TopicSetup(KafkaClients clients, KafkaStreamOptions options, ILogger<TopicSetup> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1);
    private volatile bool _isDone;

    /// <exception cref="KafkaException">The brokers are away, the topic is not there, or it has another number of partitions.</exception>
    public void Ensure()
    {
        lock (_lock)
        {
            if (_isDone) return;
            using var admin = clients.Admin();
            var partitions = Partitions(admin, options.Topic) ?? Create(admin);
            if (partitions != options.Partitions)
                throw new KafkaException(new Error(ErrorCode.InvalidPartitions, $"The topic {options.Topic} has {partitions} partitions, not {options.Partitions}."));
            _isDone = true;
        }
    }

    /// <summary>The same for many callers at once: one of them asks, and the others do not hold threads that it needs for the answer.</summary>
    /// <exception cref="KafkaException">As <see cref="Ensure"/>.</exception>
    public async Task EnsureAsync(CancellationToken ct)
    {
        if (_isDone) return;
        await _turn.WaitAsync(ct);
        try
        {
            await Task.Run(Ensure, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>From the list of all topics: to ask by name makes the topic, on a broker that lets topics make themselves.</summary>
    private static int? Partitions(IAdminClient admin, string topic) =>
        admin.GetMetadata(Patience).Topics.Find(found => found.Topic == topic && !found.Error.IsError)?.Partitions.Count;

    private int Create(IAdminClient admin)
    {
        if (!options.CreateTopics) throw NotThere();
        try
        {
            var topic = new TopicSpecification
            {
                Name = options.Topic,
                NumPartitions = options.Partitions,
                ReplicationFactor = options.ReplicationFactor,
                Configs = new() { ["retention.ms"] = ((long)options.Retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) },
            };
            admin.CreateTopicsAsync([topic], new() { RequestTimeout = Patience, OperationTimeout = Patience }).GetAwaiter().GetResult();
        }
        catch (KafkaException error)
        {
            // Another silo was first, or the broker cannot be asked to: one that is old, or a mock. What is there then decides.
            LogNotCreated(error, options.Topic);
        }

        var start = TimeProvider.System.GetTimestamp();
        do
        {
            admin.GetMetadata(options.Topic, Patience);
            if (Partitions(admin, options.Topic) is { } partitions) return partitions;
            Thread.Sleep(Pause);
        }
        while (TimeProvider.System.GetElapsedTime(start) < Patience);
        throw NotThere();
    }

    private KafkaException NotThere() => new(new Error(ErrorCode.UnknownTopicOrPart, $"The topic {options.Topic} is not there."));

    [LoggerMessage(5021, LogLevel.Information, "The topic {Topic} was not created")]
    private partial void LogNotCreated(Exception error, string topic);
}
