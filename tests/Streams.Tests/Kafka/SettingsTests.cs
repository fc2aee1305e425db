using ComplianceGrid.Streams.Kafka;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Confluent.Kafka;

namespace ComplianceGrid.Streams.Tests.Kafka;

public sealed class SettingsTests
{
    private const string Secret = "tell-nobody-7f3a";

    [Fact]
    public async Task What_is_passed_through_reaches_the_clients_and_is_never_logged()
    {
        var log = new Words();
        var options = new KafkaStreamOptions { BootstrapServers = "127.0.0.1:9" }; // nobody listens there
        options.Settings["security.protocol"] = "SASL_PLAINTEXT";
        options.Settings["sasl.mechanism"] = "SCRAM-SHA-512";
        options.Settings["sasl.username"] = Secret + "-user";
        options.Settings["sasl.password"] = Secret;
        options.ConsumerSettings["fetch.min.bytes"] = "2";
        var clients = new KafkaClients(options, log.For<KafkaClients>());

        using (var consumer = clients.Consumer())
        {
            var error = Assert.Throws<KafkaException>(() => consumer.Committed([new TopicPartition("t", 0)], TimeSpan.FromSeconds(1)));
            Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
            await Eventually.TrueAsync(() => log.All.Any(line => line.Contains("sasl_plaintext", StringComparison.OrdinalIgnoreCase)), "what failed is in the log", TestContext.Current.CancellationToken);
        }

        using (var producer = clients.Producer()) { }
        Assert.All(log.All, line => Assert.DoesNotContain(Secret, line, StringComparison.Ordinal));

        options.Settings["sasl.mechanism"] = "PIGEON";
        Assert.ThrowsAny<Exception>(clients.Consumer);
    }

    [Fact]
    public void Options_that_cannot_work_are_told_together()
    {
        string[] faults = [.. new KafkaStreamOptions { Partitions = 3, Start = KafkaStart.Time, Topic = "t", DeadLetterTopic = "t", CommitPeriod = TimeSpan.Zero, CacheSize = 256 }.Faults()];

        foreach (var word in (string[])["BootstrapServers", "Partitions", "StartTime", "DeadLetterTopic", "CommitPeriod", "CacheSize"])
            Assert.Single(faults, fault => fault.StartsWith(word, StringComparison.Ordinal));
        Assert.Empty(new KafkaStreamOptions { BootstrapServers = "a:1" }.Faults());
        Assert.Empty(new KafkaStreamOptions { BootstrapServers = "a:1", Relay = false, Partitions = 3 }.Faults());
    }
}
