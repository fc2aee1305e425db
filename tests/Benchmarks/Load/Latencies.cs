using System.Collections.Concurrent;

namespace ComplianceGrid.Benchmarks.Load;

/// <summary>Durations of calls, in milliseconds.</summary>
internal sealed class Latencies
{
    private readonly ConcurrentBag<double> _taken = [];
    private double[]? _sorted;
    private int _failed;

    public int Count => _taken.Count;

    public int Failed => _failed;

    public void Add(TimeSpan taken, bool good)
    {
        _taken.Add(taken.TotalMilliseconds);
        if (!good) Interlocked.Increment(ref _failed);
    }

    /// <param name="quantile">0 to 1. Ask only when all were added.</param>
    public double At(double quantile)
    {
        _sorted ??= [.. _taken.Order()];
        return _sorted.Length == 0 ? double.PositiveInfinity : _sorted[Math.Min(_sorted.Length - 1, (int)(_sorted.Length * quantile))];
    }
}
