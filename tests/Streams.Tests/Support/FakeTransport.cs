using ComplianceGrid.Events;
using ComplianceGrid.Streams.Core;

namespace ComplianceGrid.Streams.Tests.Support;

/// <summary>A transport that a test tells what to do.</summary>
internal sealed class FakeTransport : IStreamTransport
{
    public List<long> Settled { get; } = [];
    public int AwayFor { get; set; }
    public long Waiting { get; set; }
    public List<long> Unsaved { get; } = [];
    public Action? OnSettle { get; set; }

    public bool IsRewindable => false;
    public int QueueCount => 8;
    public int QueueOf(StreamId stream) => 0;
    public IQueueSource Open(int queue) => throw new NotSupportedException();
    public Task AppendAsync(IReadOnlyList<ComplianceEvent> events, CancellationToken ct) => throw new NotSupportedException();

    public Task<FailureOutcome> SettleFailureAsync(EventLogPosition position, string reason, CancellationToken ct)
    {
        OnSettle?.Invoke();
        if (AwayFor-- > 0) throw new TimeoutException("away");
        Settled.Add(position.Position);
        return Task.FromResult(FailureOutcome.Republished);
    }

    public Task<IReadOnlyList<long>> UnsavedBelowAsync(int queue, long position, int max, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<long>>([.. Unsaved.Where(p => p < position).Take(max)]);

    public Task<long> CountAfterAsync(int queue, long position, CancellationToken ct) => Task.FromResult(Waiting);
}
