using ComplianceGrid.Streams.Kafka;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Confluent.Kafka;

namespace ComplianceGrid.Streams.Tests.Kafka;

/// <summary>A broker that speaks TLS and wants its clients' certificates, by the settings that are passed through to librdkafka.</summary>
public sealed class TlsTests(SharedApacheKafka shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public enum Fault
    {
        NoCertificate,
        CertificateOfAnotherAuthority,
        BrokerOfAnotherAuthority,
        BrokerOfAnotherName,
    }

    [Fact]
    public async Task With_a_certificate_that_the_broker_believes_events_pass()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        var kafka = await shared.GetAsync();
        var topic = await kafka.NewTopicAsync();
        await using var arrivals = new Arrivals(db.Grid(GridRole.Silo));
        await using var silo = await KafkaSilo.StartAsync(kafka, topic, db.Grid(GridRole.Silo), arrivals, Ct, options =>
        {
            options.Group = topic;
            Secure(options, kafka.SecureServers, believed: kafka.Authority, shown: kafka.Authority);
        });

        await TestEvents.AppendAsync(db.Grid(GridRole.Silo), Enumerable.Range(0, 20).Select(n => TestEvents.Of(TestEvents.Employee(n), "s", n)), Ct);
        await arrivals.UntilAsync(() => arrivals.Count == 20, "all events", Ct);
        await Topics.UntilCommittedAsync(kafka, topic, Ct);
    }

    [Theory]
    [InlineData(Fault.NoCertificate, "client SSL authentication might be required")]
    [InlineData(Fault.CertificateOfAnotherAuthority, "client SSL authentication might be required")]
    [InlineData(Fault.BrokerOfAnotherAuthority, "certificate verify failed")]
    [InlineData(Fault.BrokerOfAnotherName, "certificate verify failed")]
    public async Task Without_one_nothing_does_and_a_broker_that_is_not_believed_is_told_nothing(Fault fault, string reason)
    {
        var kafka = await shared.GetAsync();
        using var stranger = new PrivateAuthority("localhost");
        var (options, log) = (new KafkaStreamOptions(), new Words());
        kafka.Configure(options);
        Secure(options, fault == Fault.BrokerOfAnotherName ? $"127.0.0.1:{kafka.SecurePort}" : kafka.SecureServers,
            believed: fault == Fault.BrokerOfAnotherAuthority ? stranger : kafka.Authority,
            shown: fault == Fault.NoCertificate ? null : fault == Fault.CertificateOfAnotherAuthority ? stranger : kafka.Authority);

        using var consumer = new KafkaClients(options, log.For<KafkaClients>()).Consumer();
        Assert.Throws<KafkaException>(() => consumer.Committed([new TopicPartition("t", 0)], TimeSpan.FromSeconds(2)));
        await Eventually.TrueAsync(() => log.All.Any(line => line.Contains(reason, StringComparison.OrdinalIgnoreCase)), $"the log has: {reason}", TestContext.Current.CancellationToken);
    }

    private static void Secure(KafkaStreamOptions options, string servers, PrivateAuthority believed, PrivateAuthority? shown)
    {
        options.BootstrapServers = servers;
        options.Settings["security.protocol"] = "SSL";
        options.Settings["ssl.ca.location"] = believed.AuthorityFile;
        if (shown is null) return;
        options.Settings["ssl.certificate.location"] = shown.CertificateFile;
        options.Settings["ssl.key.location"] = shown.KeyFile;
    }
}
