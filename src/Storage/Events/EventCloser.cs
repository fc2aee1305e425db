using ComplianceGrid.Events;
using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Events;

/// <summary>Closes rows in groups: many grains that meet repeats share one transaction.</summary>
internal sealed class EventCloser : IEventLog, IAsyncDisposable
{
    private const int MaxGroup = 256;

    private readonly NpgsqlDataSource _source;
    private readonly GroupQueue<Closing> _queue;

    public EventCloser(NpgsqlDataSource source)
    {
        _source = source;
        _queue = new(MaxGroup, CommitAsync, (closing, e) => closing.Done.TrySetException(
            e is NpgsqlException ? new GridException(GridError.Unavailable, "The event log's database is away.") : e));
    }

    public Task CloseAsync(IReadOnlyCollection<EventLogPosition> positions)
    {
        if (positions.Count == 0) return Task.CompletedTask;
        var closing = new Closing(positions);
        _queue.Add(closing);
        return closing.Done.Task;
    }

    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private async Task CommitAsync(List<Closing> group)
    {
        await using var batch = _source.CreateBatch();
        EventLog.AddClose(batch, [.. group.SelectMany(closing => closing.Positions)]);
        await batch.ExecuteNonQueryAsync();
        foreach (var closing in group) closing.Done.TrySetResult();
    }

    private sealed record Closing(IReadOnlyCollection<EventLogPosition> Positions)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
