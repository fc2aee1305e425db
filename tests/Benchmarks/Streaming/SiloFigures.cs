using System.Globalization;
using ComplianceGrid.Benchmarks.Events;
using ComplianceGrid.Benchmarks.Grid;

namespace ComplianceGrid.Benchmarks.Streaming;

/// <summary>The product's own silos, one to three of them on this machine: events from the log by Kafka to employee grains, which save them.</summary>
internal static class SiloFigures
{
    private const string Servers = "KAFKA_BOOTSTRAP", Topic = "Streams__Kafka__Topic"; // what ./grid up and its hosts inherit
    private const int Most = 3, Employees = 2_000, WarmUp = 10_000, Measured = 20_000;

    public static async Task RunAsync(GridUnderTest grid, Brokers brokers, Report report, CancellationToken ct)
    {
        var given = Environment.GetEnvironmentVariable(Servers);
        Environment.SetEnvironmentVariable(Servers, brokers.Servers);
        Environment.SetEnvironmentVariable(Topic, await brokers.NewTopicAsync());
        try
        {
            await MeasureAsync(grid, report, ct);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Servers, given);
            Environment.SetEnvironmentVariable(Topic, null);
        }
    }

    private static async Task MeasureAsync(GridUnderTest grid, Report report, CancellationToken ct)
    {
        double one = 0;
        for (var silos = 1; silos <= Most; silos++)
        {
            Report.Progress(string.Create(CultureInfo.InvariantCulture, $"the product's silos: {silos}"));
            await grid.RunAsync("up", "--silos", $"{silos}", "--streams", "kafka");
            await using var caller = await GridCaller.ConnectAsync(grid, $"bench-silos-{silos}", ct);
            await caller.PublishPolicyAsync(order: null);
            var keys = await caller.HireAsync(Employees, ct); // new ones for each: they are spread as silos are there when they are hired
            await LoggedEvents.StreamAsync(grid, keys, WarmUp, ct);
            var (_, closed) = await LoggedEvents.StreamAsync(grid, keys, Measured, ct);
            var perSecond = Measured / closed.TotalSeconds;
            if (silos == 1) one = perSecond;
            report.Of($"events through log, Kafka and employee grains, silos: {silos}, of 1", perSecond, one);
        }
    }
}
