using ComplianceGrid.Benchmarks.Load;
using ComplianceGrid.Events;

namespace ComplianceGrid.Benchmarks.Streaming;

/// <summary>Publishes events and knows how many are on their way: more than <see cref="Window"/> never are, so no queue overflows and what comes out is what goes in.</summary>
/// <param name="publish">Returns when the event is where the carrier keeps it.</param>
/// <param name="callers">Each has streams of its own, which keep their order.</param>
internal sealed class StreamLoad(Func<ComplianceEvent, Task> publish, int callers)
{
    public const int Window = 8_000;

    private const long TimedFrom = 1_000_000_000; // numbers that no untimed event has

    private static readonly TimeProvider Clock = TimeProvider.System;

    private readonly SemaphoreSlim _room = new(Window);
    private long _published;

    /// <summary>Events for which <c>publish</c> has been called.</summary>
    public long Published => Interlocked.Read(ref _published);

    /// <summary>So many have come out.</summary>
    public void Handled(int events)
    {
        if (events > 0) _room.Release(events);
    }

    /// <summary>As fast as they come out.</summary>
    /// <param name="handled">How many have come out so far.</param>
    /// <returns>Events that came out, a second, after the warm-up.</returns>
    public async Task<double> AtFullSpeedAsync(TimeSpan warmUp, TimeSpan measured, Func<long> handled, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var calling = Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller, stop.Token), ct)));
        // A caller that fails ends the measurement at once.
        await Task.WhenAny(calling, Task.Delay(warmUp, Clock, ct));
        var (start, before) = (Clock.GetTimestamp(), handled());
        await Task.WhenAny(calling, Task.Delay(measured, Clock, ct));
        var (taken, after) = (Clock.GetElapsedTime(start), handled());
        await stop.CancelAsync();
        await calling;
        return (after - before) / taken.TotalSeconds;
    }

    /// <summary>At a steady rate, whether earlier ones came out or not. An event's <c>time</c> is when it was due; those of the warm-up are not timed.</summary>
    public Task AtAsync(int perSecond, TimeSpan warmUp, TimeSpan measured, CancellationToken ct)
    {
        var (first, begun) = ((int)(perSecond * warmUp.TotalSeconds), Clock.GetUtcNow());
        return LoadGenerator.PacedAsync(perSecond, warmUp, measured, async i =>
        {
            await _room.WaitAsync(ct);
            await publish(BenchEvents.Of(TimedFrom + Interlocked.Increment(ref _published), begun + TimeSpan.FromSeconds(i / (double)perSecond), isTimed: i >= first));
            return true;
        });
    }

    private async Task CallAsync(int caller, CancellationToken ct)
    {
        for (long number = caller; ; number += callers)
        {
            await _room.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ct.IsCancellationRequested) return;
            Interlocked.Increment(ref _published);
            await publish(BenchEvents.Of(number, Clock.GetUtcNow()));
        }
    }
}
