using ComplianceGrid.Storage.Events;

namespace ComplianceGrid.Streams.Log;

/// <summary>Wakes the readers of a queue in this process.</summary>
internal sealed class QueueHints
{
    private readonly TaskCompletionSource[] _next = [.. Enumerable.Range(0, EventQueues.Count).Select(_ => NewSignal())];

    /// <summary>Ends with the next hint. Take it before reading, else a hint between the read and the wait is missed.</summary>
    public Task Next(int queue) => Volatile.Read(ref _next[queue]).Task;

    public void Raise(int queue)
    {
        if ((uint)queue < (uint)_next.Length) Interlocked.Exchange(ref _next[queue], NewSignal()).TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
