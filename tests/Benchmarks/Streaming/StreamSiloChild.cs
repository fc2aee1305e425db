using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Benchmarks.Load;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Benchmarks.Streaming;

/// <summary>The <see cref="StreamSilo"/> of one measurement, seen from outside.</summary>
internal sealed class StreamSiloChild : IAsyncDisposable
{
    private static readonly TimeSpan StartWait = TimeSpan.FromSeconds(60), StopWait = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private readonly Task _reading, _logging;
    private TaskCompletionSource<double[]> _latencies = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _count;

    private StreamSiloChild(GridUnderTest grid, Carrier carrier)
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", [LocalGrid.Published("Benchmarks"), StreamSilo.Verb])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _logging = LogAsync(Path.Combine(grid.State, $"logs/stream-silo-{carrier.Kind}-{carrier.Batch}.log"));
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(carrier)); // and not among the arguments, which a list of processes shows
        _process.StandardInput.Flush();
        _reading = ReadAsync();
    }

    /// <summary>Events that its grains have handled.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Called with how many more were handled.</summary>
    public Action<int> Grown { get; set; } = _ => { };

    public static async Task<StreamSiloChild> StartAsync(GridUnderTest grid, Carrier carrier, CancellationToken ct)
    {
        var child = new StreamSiloChild(grid, carrier);
        try
        {
            await child._ready.Task.WaitAsync(StartWait, ct);
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    public async Task<Latencies> LatenciesAsync(CancellationToken ct)
    {
        _latencies = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _process.StandardInput.WriteLineAsync("latencies");
        await _process.StandardInput.FlushAsync(ct);
        var latencies = new Latencies();
        foreach (var ms in await _latencies.Task.WaitAsync(StopWait, ct)) latencies.Add(TimeSpan.FromMilliseconds(ms), good: true);
        return latencies;
    }

    /// <exception cref="TimeoutException">Some never came: they are lost, or late beyond reason.</exception>
    public Task UntilAsync(long count, CancellationToken ct) =>
        Eventually.TrueAsync(() => Task.FromResult(Count >= count), $"{count:N0} events are handled", ct, TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // it stops by itself
        try
        {
            await _process.WaitForExitAsync().WaitAsync(StopWait);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await Task.WhenAll(_reading, _logging);
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == StreamSilo.Ready) _ready.TrySetResult();
            else if (line.StartsWith(StreamSilo.LatenciesOf, StringComparison.Ordinal))
                _latencies.TrySetResult([.. line[StreamSilo.LatenciesOf.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ms => double.Parse(ms, CultureInfo.InvariantCulture))]);
            else if (long.TryParse(line, CultureInfo.InvariantCulture, out var count))
                Grown((int)(count - Interlocked.Exchange(ref _count, count)));
        }

        var ended = new InvalidOperationException("The silo of the benchmark has ended: its log says why.");
        _ready.TrySetException(ended);
        _latencies.TrySetException(ended);
    }

    private async Task LogAsync(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await using var log = File.Create(file);
        await _process.StandardError.BaseStream.CopyToAsync(log);
    }
}
