using ComplianceGrid.Events;
using ComplianceGrid.Streams.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Silo.Tests.Hosting;

public sealed class StreamTransportTests(TestGrid grid) : IClassFixture<TestGrid>
{
    [Fact]
    public async Task Kafka_is_chosen_and_told_everything_by_configuration()
    {
        await using var host = SiloHost.Create([.. grid.Arguments(), "--Streams:Transport=kafka", "--Streams:Kafka:BootstrapServers=kafka-1:9092", "--Streams:Kafka:Topic=t",
            "--Streams:Kafka:Retention=1.00:00:00", "--Streams:Kafka:Compression=Zstd", "--Streams:Kafka:Settings:security.protocol=SASL_SSL"]);

        var options = host.Services.GetRequiredService<IOptionsMonitor<KafkaStreamOptions>>().Get(StreamNamespaces.Provider);
        Assert.Equal(("kafka-1:9092", "t", TimeSpan.FromDays(1)), (options.BootstrapServers, options.Topic, options.Retention));
        Assert.Equal("Zstd", options.Compression.ToString());
        Assert.Equal("SASL_SSL", options.Settings["security.protocol"]);
    }

    [Fact]
    public async Task What_is_missing_is_told_when_it_is_asked_for()
    {
        await using var host = SiloHost.Create([.. grid.Arguments(), "--Streams:Transport=kafka", "--Streams:Kafka:Partitions=3"]);

        var error = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptionsMonitor<KafkaStreamOptions>>().Get(StreamNamespaces.Provider));
        Assert.Contains("BootstrapServers", error.Message, StringComparison.Ordinal);
        Assert.Contains("Partitions must be 8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_transport_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => SiloHost.Create([.. grid.Arguments(), "--Streams:Transport=pigeons"]));
}
