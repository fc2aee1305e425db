using System.Collections.Concurrent;
using System.Threading.Channels;
using ComplianceGrid.Storage.Sql;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ComplianceGrid.Storage.Events;

/// <summary>
/// Tells receivers that a queue has grown: those of this process at once, all others by <c>NOTIFY grid_events, '{queue}/{origin}'</c>, after the commit,
/// because inside the transaction it costs two thirds of the throughput (measured), and at most once per 20 ms. A hint: one that is
/// lost delays nothing for longer than a receiver's own wait.
/// </summary>
public sealed partial class EventHints : IAsyncDisposable
{
    private const string Notify = "SELECT pg_notify('grid_events', q || '/' || $2) FROM unnest($1) AS q";

    private readonly ConcurrentDictionary<int, byte> _grown = new();
    private readonly Channel<byte> _wake = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly NpgsqlDataSource _source;
    private readonly ILogger<EventHints> _logger;
    private readonly Task _loop;

    public EventHints(NpgsqlDataSource source, ILogger<EventHints> logger)
    {
        (_source, _logger) = (source, logger);
        using (ExecutionContext.SuppressFlow()) _loop = Task.Run(SendAsync);
    }

    /// <summary>Told of each queue that this process has appended to.</summary>
    public event Action<int>? Grown;

    /// <summary>Tells this process' own hints from others'.</summary>
    public string Origin { get; } = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N");

    /// <summary>Call after the commit; never waits.</summary>
    public void Signal(IEnumerable<EventLogEntry> appended)
    {
        var any = false;
        foreach (var queue in appended.Select(entry => entry.Queue).Distinct())
        {
            any |= _grown.TryAdd(queue, 0);
            Grown?.Invoke(queue);
        }

        if (any) _wake.Writer.TryWrite(0);
    }

    public async ValueTask DisposeAsync()
    {
        _wake.Writer.TryComplete();
        await _loop;
    }

    private async Task SendAsync()
    {
        while (await _wake.Reader.WaitToReadAsync())
        {
            _wake.Reader.TryRead(out _);
            var queues = _grown.Keys.Where(queue => _grown.TryRemove(queue, out _)).Order().ToArray();
            if (queues.Length == 0) continue;
            try
            {
                await using var command = _source.CreateCommand(Notify);
                command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = queues }, new() { Value = Origin }]);
                await command.ExecuteNonQueryAsync();
            }
            catch (NpgsqlException e)
            {
                LogNotSent(_logger, e);
            }

            await Task.Delay(Pace.OfCommits);
        }
    }

    [LoggerMessage(4101, LogLevel.Debug, "A hint to the event log's receivers was not sent")]
    private static partial void LogNotSent(ILogger logger, Exception exception);
}
