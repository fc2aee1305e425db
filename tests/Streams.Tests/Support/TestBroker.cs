using System.Security.Cryptography;
using ComplianceGrid.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComplianceGrid.Streams.Tests.Support;

/// <summary>Brokers that are there, and what their clients must be told.</summary>
/// <param name="oldVersion">Of brokers that do not tell theirs; null: they do.</param>
internal class TestBroker(string bootstrapServers, string? oldVersion = null) : IAsyncDisposable
{
    private static readonly Lazy<Task<TestBroker>> Shared = new(async () => Given("KAFKA_BOOTSTRAP") is { } named
        ? new TestBroker(named, Given("KAFKA_VERSION"))
        : await MockBroker.StartAsync());

    public string BootstrapServers => bootstrapServers;

    /// <summary>For tests that do them no harm: those that <c>KAFKA_BOOTSTRAP</c> names (with <c>KAFKA_VERSION</c>, those that tell no version), else mocks.</summary>
    public static Task<TestBroker> SharedAsync() => Shared.Value;

    /// <summary>Points options at these brokers. Kafka before 0.10 answers no question about its version, and knows no idempotent producer.</summary>
    public void Configure(KafkaStreamOptions options)
    {
        options.BootstrapServers = BootstrapServers;
        if (oldVersion is null) return;
        options.Headers = false;
        options.Settings["api.version.request"] = "false";
        options.Settings["broker.version.fallback"] = oldVersion;
        options.ProducerSettings["enable.idempotence"] = "false";
    }

    /// <summary>The same for a client of the test's own.</summary>
    public TConfig Client<TConfig>(TConfig config) where TConfig : ClientConfig
    {
        config.BootstrapServers = BootstrapServers;
        if (oldVersion is null) return config;
        config.ApiVersionRequest = false;
        config.BrokerVersionFallback = oldVersion;
        config.Set("log_level", "3"); // or each client warns of these two settings
        return config;
    }

    /// <summary>A topic of this test alone, made as the provider makes one.</summary>
    public virtual async Task<string> NewTopicAsync()
    {
        var options = new KafkaStreamOptions { Topic = NewName() };
        Configure(options);
        await new TopicSetup(new(options, NullLogger<KafkaClients>.Instance), options, NullLogger<TopicSetup>.Instance).EnsureAsync(TestContext.Current.CancellationToken);
        return options.Topic;
    }

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected static string NewName() => $"test-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";

    private static string? Given(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
