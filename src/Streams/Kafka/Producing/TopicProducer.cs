using Confluent.Kafka;

namespace ComplianceGrid.Streams.Kafka.Producing;

/// <summary>
/// The one producer of a provider in this process. A failure that an idempotent producer cannot recover from ends it, not the
/// provider: the next record is sent by a new one.
/// </summary>
internal sealed class TopicProducer(KafkaClients clients, TopicSetup topic, KafkaStreamOptions options) : IDisposable
{
    // Of the binding of CloudEvents to Kafka, §3.3.
    private static readonly byte[] Structured = "application/cloudevents+json; charset=utf-8"u8.ToArray();
    private static readonly TimeSpan FlushWait = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private IProducer<string?, byte[]>? _producer;
    private bool _isDisposed;

    /// <summary>Ends when all replicas in sync have the record. Records of one partition are written in the order of the calls.</summary>
    /// <exception cref="ProduceException{TKey, TValue}">It may or may not have been written.</exception>
    public async Task SendAsync(int partition, string key, byte[] body)
    {
        var producer = Current();
        try
        {
            await producer.ProduceAsync(new TopicPartition(options.Topic, partition), Message(key, body));
        }
        catch (ProduceException<string?, byte[]> error) when (error.Error.IsFatal)
        {
            Replace(producer);
            throw;
        }
    }

    /// <summary>Sends without waiting.</summary>
    /// <param name="failed">Called when it was not written.</param>
    /// <exception cref="KafkaException">It could not even be sent.</exception>
    public void Post(string toTopic, string? key, byte[] body, Action<Error> failed) => Current().Produce(toTopic, Message(key, body), report =>
    {
        if (report.Error.IsError) failed(report.Error);
    });

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _producer?.Flush(FlushWait);
            _producer?.Dispose();
            _producer = null;
        }
    }

    private Message<string?, byte[]> Message(string? key, byte[] body) => new()
    {
        Key = key,
        Value = body,
        Headers = options.Headers ? new Headers { { "content-type", Structured } } : null,
    };

    private IProducer<string?, byte[]> Current()
    {
        topic.Ensure();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _producer ??= clients.Producer();
        }
    }

    private void Replace(IProducer<string?, byte[]> broken)
    {
        lock (_lock)
        {
            if (_producer != broken) return;
            _producer = null;
        }

        broken.Dispose();
    }
}
