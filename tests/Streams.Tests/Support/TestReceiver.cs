using System.Collections.Concurrent;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Log;
using ComplianceGrid.Streams.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ComplianceGrid.Streams.Tests.Support;

/// <summary>The real receivers of all queues, without a silo: what an agent would be handed, in order.</summary>
internal sealed class TestReceiver : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;
    private readonly PostgresTransport _transport;
    private readonly QueueReceiver[] _receivers;

    public TestReceiver(string connectionString, Action<PostgresStreamOptions>? configure = null)
    {
        var options = new PostgresStreamOptions();
        configure?.Invoke(options);
        _database = NpgsqlDataSource.Create(connectionString);
        _transport = new(new LogAccess(_database, Hints, options, TimeProvider.System, NullLoggerFactory.Instance));
        var queues = new LiveQueues("test", options);
        _receivers = [.. Enumerable.Range(0, EventQueues.Count).Select(number => new QueueReceiver(
            queues.Add(number), queues, _transport.Open(number), new(options.MinRetryDelay, options.MaxRetryDelay), TimeProvider.System, NullLogger.Instance))];
    }

    public QueueHints Hints { get; } = new();
    public PostgresTransport Transport => _transport;
    public ConcurrentQueue<StreamedEvent>[] Received { get; } = [.. Enumerable.Range(0, EventQueues.Count).Select(_ => new ConcurrentQueue<StreamedEvent>())];
    public int Count => Received.Sum(queue => queue.Count);

    /// <summary>Reads all queues until cancelled or told that it is enough.</summary>
    public Task RunAsync(Func<bool> enough, CancellationToken ct) =>
        Task.WhenAll(Enumerable.Range(0, EventQueues.Count).Select(queue => Task.Run(() => RunAsync(queue, enough, ct), ct)));

    /// <summary>One read of one queue.</summary>
    public async Task<IReadOnlyList<StreamedEvent>> ReadAsync(int queue, int max, CancellationToken ct) =>
        [.. (await _receivers[queue].GetQueueMessagesAsync(max, ct)).Cast<StreamedEvent>()];

    private async Task RunAsync(int queue, Func<bool> enough, CancellationToken ct)
    {
        while (!enough())
        {
            foreach (var e in await ReadAsync(queue, 256, ct)) Received[queue].Enqueue(e);
            ct.ThrowIfCancellationRequested();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var receiver in _receivers) await receiver.Shutdown(TimeSpan.FromSeconds(1));
        await _database.DisposeAsync();
    }
}
