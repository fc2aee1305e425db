using System.Globalization;

namespace ComplianceGrid.Benchmarks;

/// <summary>Each figure beside its goal, printed as it is measured and once more at the end.</summary>
internal sealed class Report
{
    private readonly List<string> _lines = [];
    private int _missed;

    /// <summary>A figure without a goal.</summary>
    public void Add(string what, string figure) => Write($"    {what,-62} {figure}");

    public void Add(string what, Load.Latencies latencies) => Add(what, Text(latencies));

    public void Ratio(string what, double figure, double limit, double goal) =>
        Judge(figure / limit >= goal, what, string.Create(CultureInfo.InvariantCulture, $"{figure:N0}/s of {limit:N0}/s = {figure / limit:0.00} (goal {goal:0.00})"));

    /// <summary>A figure beside its limit, without a goal.</summary>
    public void Of(string what, double figure, double limit) =>
        Add(what, string.Create(CultureInfo.InvariantCulture, $"{figure:N0}/s of {limit:N0}/s = {figure / limit:0.00}"));

    /// <summary>A part that fails is a goal that was missed, and no reason to measure nothing else.</summary>
    public async Task TryAsync(string what, Func<Task> measure, CancellationToken ct)
    {
        try
        {
            await measure();
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            Console.WriteLine(error);
            Judge(false, what, $"failed: {error.Message}");
        }
    }

    public void P99(string what, Load.Latencies latencies, double goalMilliseconds) =>
        Judge(latencies.At(0.99) <= goalMilliseconds && latencies.Failed == 0, what, string.Create(CultureInfo.InvariantCulture,
            $"{Text(latencies)} (goal {goalMilliseconds:0} ms), {latencies.Count} calls, {latencies.Failed} failed"));

    /// <summary>One number that must not be above its goal.</summary>
    public void Below(string what, double figure, string unit, double goal) =>
        Judge(figure <= goal, what, string.Create(CultureInfo.InvariantCulture, $"{figure:0.0} {unit} (goal {goal:0} {unit})"));

    /// <summary>Where a long measurement is; not in the summary.</summary>
    public static void Progress(string text) => Console.WriteLine($"    … {text}");

    /// <returns>The exit code: 1 when a goal was missed.</returns>
    public int PrintSummary()
    {
        Console.WriteLine();
        foreach (var line in _lines) Console.WriteLine(line);
        return _missed == 0 ? 0 : 1;
    }

    private static string Text(Load.Latencies latencies) =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {latencies.At(0.5):0.0} ms, p99 {latencies.At(0.99):0.0} ms");

    private void Judge(bool met, string what, string figure)
    {
        if (!met) _missed++;
        Write($"{(met ? "  ✓" : "  ✗")} {what,-62} {figure}");
    }

    private void Write(string line)
    {
        _lines.Add(line);
        Console.WriteLine(line);
    }
}
