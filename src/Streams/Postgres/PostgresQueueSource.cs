using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Core.Cache;
using ComplianceGrid.Streams.Log;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Postgres;

/// <summary>
/// Open rows of one queue, ascending, from the oldest on. Whatever was open when the last reader stopped is read again.
/// </summary>
internal sealed class PostgresQueueSource(int queue, LogAccess log) : IQueueSource
{
    private readonly OpenRows _rows = log.Read(queue, after: 0);

    public async Task<IReadOnlyList<StreamedEvent>> ReadAsync(int max, CancellationToken ct) =>
        [.. (await _rows.ReadAsync(max, ct)).Select(open => new StreamedEvent(open.Event, open.Row.Attempt, open.Row.Position))];

    /// <summary>Rows are closed by the grain that saves them.</summary>
    public Task DeliveredAsync(long position, CancellationToken ct) => Task.CompletedTask;

    public Task<long?> PassedAsync(CancellationToken ct) => Task.FromResult(_rows.Last is > 0 and var last ? last : (long?)null);

    public IHistoryReader? ReadBack(StreamId stream, StreamSequenceToken from, Action wake) => null;

    public Task<long> CountWaitingAsync(CancellationToken ct) => log.CountOpenAsync(queue, _rows.Last, ct);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
