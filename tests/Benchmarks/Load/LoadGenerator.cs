namespace ComplianceGrid.Benchmarks.Load;

internal static class LoadGenerator
{
    private static readonly TimeProvider Clock = TimeProvider.System;

    /// <summary>So many callers, each calling again as soon as it is answered.</summary>
    /// <param name="call">Given the caller's number: whether the answer was good.</param>
    /// <returns>Good answers a second after the warm-up.</returns>
    public static async Task<double> ClosedAsync(int callers, TimeSpan warmUp, TimeSpan measured, Func<int, Task<bool>> call)
    {
        long good = 0, bad = 0;
        var start = Clock.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            while (true)
            {
                var ok = await call(caller);
                var now = Clock.GetElapsedTime(start);
                if (now >= warmUp + measured) return;
                if (now >= warmUp) Interlocked.Increment(ref ok ? ref good : ref bad);
            }
        })));
        if (bad > good / 100) throw new InvalidOperationException($"{bad} of {good + bad} answers were refusals: this measures nothing.");
        return good / measured.TotalSeconds;
    }

    /// <summary>
    /// Calls at a steady rate, whether earlier ones are answered or not. A call's time runs from the instant at which it was
    /// due, so that a pause of the system counts for every call that fell into it.
    /// </summary>
    /// <param name="call">Given the call's number: whether the answer was good.</param>
    public static async Task<Latencies> PacedAsync(double perSecond, TimeSpan warmUp, TimeSpan measured, Func<int, Task<bool>> call)
    {
        var latencies = new Latencies();
        var (first, all) = ((int)(perSecond * warmUp.TotalSeconds), (int)(perSecond * (warmUp + measured).TotalSeconds));
        var running = new List<Task>(all);
        var start = Clock.GetTimestamp();
        for (var i = 0; i < all; i++)
        {
            var due = TimeSpan.FromSeconds(i / perSecond);
            if (due - Clock.GetElapsedTime(start) is { Ticks: > 0 } ahead) await Task.Delay(ahead, Clock);
            running.Add(OneAsync(i, due));
        }

        await Task.WhenAll(running);
        return latencies;

        async Task OneAsync(int number, TimeSpan due)
        {
            await Task.Yield();
            var good = await call(number);
            if (number >= first) latencies.Add(Clock.GetElapsedTime(start) - due, good);
        }
    }
}
