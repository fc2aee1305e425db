using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Benchmarks.Load;

namespace ComplianceGrid.Benchmarks.Streaming;

/// <summary>One carrier with one silo: events a second as fast as it takes them, and how long one takes at a steady rate.</summary>
internal static class CarrierFigures
{
    public const int Callers = 250, TimedPerSecond = 1_000;

    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6), Measured = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan TimedWarmUp = TimeSpan.FromSeconds(3);

    /// <returns>Events handled a second; and latencies, if they were asked for.</returns>
    public static async Task<(double PerSecond, Latencies? Latencies)> MeasureAsync(GridUnderTest grid, Carrier carrier, bool isTimed, CancellationToken ct)
    {
        Report.Progress($"{carrier.Kind}, {carrier.Batch} a delivery");
        await using var silo = await StreamSiloChild.StartAsync(grid, carrier, ct);
        await using var client = await CarrierClient.StartAsync(carrier, ct);
        await client.PublishAsync(BenchEvents.Of(-BenchEvents.Streams, TimeProvider.System.GetUtcNow())); // a topic that is not there yet is made meanwhile
        await silo.UntilAsync(1, ct);
        var load = new StreamLoad(client.PublishAsync, Callers);
        silo.Grown = load.Handled;
        var perSecond = await load.AtFullSpeedAsync(WarmUp, Measured, () => silo.Count, ct);
        await silo.UntilAsync(1 + load.Published, ct);
        if (!isTimed) return (perSecond, null);

        await load.AtAsync(TimedPerSecond, TimedWarmUp, Measured, ct);
        await silo.UntilAsync(1 + load.Published, ct);
        if (silo.Count > 1 + load.Published) Report.Progress($"{silo.Count - 1 - load.Published} came twice");
        return (perSecond, await silo.LatenciesAsync(ct));
    }
}
