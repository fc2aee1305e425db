using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Benchmarks.Load;
using ComplianceGrid.Storage.Events;

namespace ComplianceGrid.Benchmarks.Streaming;

/// <summary>
/// What carries events, measured with grains that only count them, each carrier in a silo of its own process and the same everything else; and the
/// product's own silos. The hosts of the grid are down meanwhile, but for its PostgreSQL.
/// </summary>
internal static class StreamsBenchmark
{
    private const int SiloPort = 33150, GatewayPort = 33250, Batch = 32;

    public static async Task RunAsync(GridUnderTest grid, Report report, CancellationToken ct)
    {
        await using var brokers = await Brokers.StartAsync();
        Report.Progress($"Kafka: {brokers.Kind}; events of {CloudEventJson.Write(BenchEvents.Of(0, TimeProvider.System.GetUtcNow())).Length} bytes");
        await grid.RunAsync("down");
        await grid.RunAsync("postgres", "grid");
        await report.TryAsync("events through one silo", () => CarriersAsync(grid, brokers, report, ct), ct);
        if (brokers.Version is null) await report.TryAsync("events through the product's silos", () => SiloFigures.RunAsync(grid, brokers, report, ct), ct);
        else report.Add("events through log, Kafka and employee grains", "not measured: these brokers tell no version");
        await grid.RunAsync("down");
        await grid.RunAsync("up"); // as it was
    }

    private static async Task CarriersAsync(GridUnderTest grid, Brokers brokers, Report report, CancellationToken ct)
    {
        var (memory, memoryTimes) = await MeasureAsync(CarrierKind.Memory, 1, isTimed: true);
        var (kafka, kafkaTimes) = await MeasureAsync(CarrierKind.Kafka, 1, isTimed: true);
        report.Ratio("events by Kafka, one a delivery, of Orleans' memory streams", kafka, memory, 0.5);
        report.P99($"delivery by Kafka at {CarrierFigures.TimedPerSecond:N0}/s", kafkaTimes!, 100);
        report.Add("  by Orleans' memory streams", memoryTimes!);

        Report.Progress("bare Kafka");
        var bare = await BareKafka.RunAsync(brokers, CarrierFigures.Callers, CarrierFigures.WarmUp, CarrierFigures.Measured, ct);
        report.Of("events by Kafka, of a bare produce and consume of their bytes", kafka, bare);

        var (memoryBatch, _) = await MeasureAsync(CarrierKind.Memory, Batch, isTimed: false);
        var (kafkaBatch, _) = await MeasureAsync(CarrierKind.Kafka, Batch, isTimed: false);
        report.Ratio($"events by Kafka, up to {Batch} a delivery, of memory streams", kafkaBatch, memoryBatch, 0.5);

        var (log, logTimes) = await MeasureAsync(CarrierKind.Postgres, 1, isTimed: true);
        report.Of("events by the event log, of Orleans' memory streams", log, memory);
        report.Of("events by Kafka, of the event log", kafka, log);
        report.Add($"delivery by the event log at {CarrierFigures.TimedPerSecond:N0}/s", logTimes!);

        async Task<(double, Latencies?)> MeasureAsync(CarrierKind kind, int batch, bool isTimed) => await CarrierFigures.MeasureAsync(grid, new()
        {
            Kind = kind,
            Batch = batch,
            SiloPort = SiloPort,
            GatewayPort = GatewayPort,
            Database = grid.Connection("silo-1", "Grid"),
            Brokers = brokers.Servers,
            BrokerVersion = brokers.Version,
            Topic = await brokers.NewTopicAsync(),
        }, isTimed, ct);
    }
}
