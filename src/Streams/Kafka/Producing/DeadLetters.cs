using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Streams.Kafka.Producing;

/// <summary>Copies what was parked to a topic, for whoever watches topics. The parked row is what counts: a copy that fails is logged.</summary>
internal sealed partial class DeadLetters(TopicProducer producer, KafkaStreamOptions options, ILogger<DeadLetters> log)
{
    public void Copy(string? key, byte[] body)
    {
        if (options.DeadLetterTopic is not { } topic) return;
        try
        {
            producer.Post(topic, key, body, error => LogNotCopied(error.Reason, topic));
        }
        catch (KafkaException error)
        {
            LogNotCopied(error.Message, topic);
        }
    }

    [LoggerMessage(5022, LogLevel.Warning, "A parked event was not copied to {Topic}: {Reason}")]
    private partial void LogNotCopied(string reason, string topic);
}
