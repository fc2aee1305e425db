using System.Globalization;
using System.Net;
using System.Text.Json;
using ComplianceGrid.Storage.Events;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ComplianceGrid.Benchmarks.Streaming;

/// <summary>
/// A silo in a process of its own, with one carrier and the counting grain. Its first line of input is the <see cref="Carrier"/>; to any other it
/// answers with the latencies. What it has counted it writes as it grows. It lives until its input ends, and so ends with its parent.
/// </summary>
internal static class StreamSilo
{
    public const string Verb = "stream-silo", Ready = "ready", LatenciesOf = "latencies ";

    private static readonly TimeSpan CountPeriod = TimeSpan.FromMilliseconds(10);

    public static async Task<int> RunAsync()
    {
        var carrier = JsonSerializer.Deserialize<Carrier>(await Console.In.ReadLineAsync() ?? throw new InvalidOperationException("The carrier is missing."))!;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<Tally>();
        builder.Services.AddSingleton(NpgsqlDataSource.Create(carrier.Database)).AddSingleton<IEventLog, EventCloser>();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(carrier.SiloPort, carrier.GatewayPort, new IPEndPoint(IPAddress.Loopback, carrier.SiloPort));
            carrier.AddTo(silo);
        });
        using var host = builder.Build();
        await host.StartAsync();
        var tally = host.Services.GetRequiredService<Tally>();
        await using (var output = TextWriter.Synchronized(Console.Out))
        {
            await output.WriteLineAsync(Ready);
            using var stop = new CancellationTokenSource();
            var counting = CountAsync(tally, output, stop.Token);
            while (await Console.In.ReadLineAsync() is not null)
                await output.WriteLineAsync(LatenciesOf + string.Join(' ', tally.Latencies.Select(ms => ms.ToString("0.000", CultureInfo.InvariantCulture))));
            await stop.CancelAsync();
            await counting;
        }

        await host.StopAsync();
        return 0;
    }

    private static async Task CountAsync(Tally tally, TextWriter output, CancellationToken ct)
    {
        var told = 0L;
        while (!ct.IsCancellationRequested)
        {
            if (tally.Count is var count && count != told) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{told = count}"));
            await Task.Delay(CountPeriod, TimeProvider.System, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
