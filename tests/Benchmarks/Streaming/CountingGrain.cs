using System.Collections.Concurrent;
using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace ComplianceGrid.Benchmarks.Streaming;

internal interface ICountingGrain : IGrainWithStringKey;

/// <summary>
/// Does nothing with an event but count it, so that what is measured is the carrying. An event of the log it closes, as every grain must: there a
/// row that is open is not delivered.
/// </summary>
[ImplicitStreamSubscription(StreamNamespaces.Compliance)]
internal sealed class CountingGrain(Tally tally, IEventLog log) : Grain, ICountingGrain, IAsyncBatchObserver<ComplianceEvent>, IStreamSubscriptionObserver
{
    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<ComplianceEvent>().ResumeAsync(this);

    public async Task OnNextAsync(IList<SequentialItem<ComplianceEvent>> items)
    {
        foreach (var item in items) tally.Arrived(item.Item);
        List<EventLogPosition> rows = [.. items.Select(item => item.Item.LogPosition).OfType<EventLogPosition>()];
        if (rows.Count > 0) await log.CloseAsync(rows);
        tally.Handled(items.Count);
    }

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}

/// <summary>What the grains of one silo were given.</summary>
internal sealed class Tally(TimeProvider time)
{
    private readonly ConcurrentQueue<double> _latencies = new();
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    /// <summary>Milliseconds from when each timed event was due until its grain had it.</summary>
    public IEnumerable<double> Latencies => _latencies;

    public void Handled(int events) => Interlocked.Add(ref _count, events);

    public void Arrived(ComplianceEvent e)
    {
        if (e.Data.SourceKey == BenchEvents.Timed) _latencies.Enqueue((time.GetUtcNow() - e.Time).TotalMilliseconds);
    }
}
