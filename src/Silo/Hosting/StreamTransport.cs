using ComplianceGrid.Events;
using ComplianceGrid.Streams;

namespace ComplianceGrid.Silo.Hosting;

/// <summary>Section <c>Streams</c>: what carries events from the log to the grains.</summary>
internal static class StreamTransport
{
    public static void AddGridStreams(this ISiloBuilder silo, IConfiguration configuration)
    {
        switch (configuration["Streams:Transport"] ?? "postgres")
        {
            case "postgres": silo.AddPostgresStreams(StreamNamespaces.Provider); break;
            case "kafka": silo.AddKafkaStreams(StreamNamespaces.Provider, configuration.GetSection("Streams:Kafka").Bind); break;
            case var other: throw new InvalidOperationException($"Streams:Transport is postgres or kafka, not {other}.");
        }
    }
}
