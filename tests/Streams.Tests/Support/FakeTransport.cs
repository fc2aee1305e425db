using ComplianceGrid.Events;
using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Core.Cache;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Tests.Support;

/// <summary>A transport that a test tells what to do.</summary>
internal sealed class FakeTransport : IStreamTransport, IQueueSource
{
    public List<long> Settled { get; } = [];
    public int AwayFor { get; set; }
    public long Waiting { get; set; }
    public long? Passed { get; set; }
    public long? Delivered { get; private set; }
    public List<long> Unsaved { get; } = [];
    public Action? OnSettle { get; set; }

    public bool IsRewindable => false;
    public int QueueCount => 8;
    public int QueueOf(StreamId stream) => 0;
    public IQueueSource Open(int queue) => this;
    public Task AppendAsync(IReadOnlyList<ComplianceEvent> events, CancellationToken ct) => throw new NotSupportedException();

    public Task<FailureOutcome> SettleDeliveryAsync(int queue, StreamedEvent failed, string reason, CancellationToken ct) => SettleAsync(failed.Position);

    public Task<FailureOutcome> SettleUnsavedAsync(EventLogPosition position, string reason, CancellationToken ct) => SettleAsync(position.Position);

    public Task<IReadOnlyList<long>> UnsavedBelowAsync(int queue, long position, int max, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<long>>([.. Unsaved.Where(p => p < position).Take(max)]);

    public Task<IReadOnlyList<StreamedEvent>> ReadAsync(int max, CancellationToken ct) => throw new NotSupportedException();
    public Task DeliveredAsync(long position, CancellationToken ct)
    {
        Delivered = position;
        return Task.CompletedTask;
    }

    public Task<long?> PassedAsync(CancellationToken ct) => Task.FromResult(Passed);
    public IHistoryReader? ReadBack(StreamId stream, StreamSequenceToken from, Action wake) => null;
    public Task<long> CountWaitingAsync(CancellationToken ct) => Task.FromResult(Waiting);
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<FailureOutcome> SettleAsync(long position)
    {
        OnSettle?.Invoke();
        if (AwayFor-- > 0) throw new TimeoutException("away");
        Settled.Add(position);
        return Task.FromResult(FailureOutcome.Republished);
    }
}
