using System.Collections.Concurrent;
using System.Diagnostics;
using ComplianceGrid.Events;
using ComplianceGrid.TestKit;
using Npgsql;
using Orleans.Streams;
using EventLog = ComplianceGrid.Storage.Events.EventLog;

namespace ComplianceGrid.Streams.Tests.Support;

internal sealed record Arrival(ComplianceEvent Event, StreamSequenceToken? Token, string Silo)
{
    public string? Grain { get; init; }
    public ActivationId Activation { get; init; }
    public string? Provider { get; init; }
    public ActivityContext? Trace { get; init; }
}

/// <summary>What the test grains of all silos of a test saw, and what they shall do with it.</summary>
internal sealed class Arrivals(string connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(connectionString);

    public ConcurrentQueue<Arrival> All { get; } = new();

    public IEnumerable<ComplianceEvent> Events => All.Select(arrival => arrival.Event);

    /// <summary>Distinct events.</summary>
    public int Count => _seen.Count;

    /// <summary>Called for each arrival after it is recorded; whether to close its row, if it has one, or throw.</summary>
    public Func<ComplianceEvent, bool> Behaviour { get; set; } = _ => true;

    private readonly ConcurrentDictionary<string, byte> _seen = new();
    private TaskCompletionSource _next = Signal();

    /// <summary>Looks anew after each arrival, until it is so.</summary>
    /// <exception cref="TimeoutException">It was not so in time.</exception>
    public async Task UntilAsync(Func<bool> isSo, string what, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Eventually.Patience);
        while (true)
        {
            var next = Volatile.Read(ref _next).Task; // taken before it looks, so that none comes between unseen
            if (isSo()) return;
            try
            {
                await next.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new TimeoutException($"Not within {Eventually.Patience}: {what}");
            }
        }
    }

    /// <summary>Sizes of the deliveries to those who take batches, in the order in which they came.</summary>
    public ConcurrentQueue<int> Batches { get; } = new();

    /// <summary>What each waits for with an event in hand, before it handles it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>All or none, as in one transaction.</summary>
    public async Task HandleBatchAsync(IReadOnlyList<Arrival> batch)
    {
        Batches.Enqueue(batch.Count);
        Interlocked.Exchange(ref _next, Signal()).SetResult();
        await Gate;
        foreach (var arrival in batch) Behaviour(arrival.Event);
        foreach (var arrival in batch) await HandleAsync(arrival);
    }

    public async Task HandleAsync(Arrival arrival)
    {
        var e = arrival.Event;
        All.Enqueue(arrival);
        _seen.TryAdd(e.Id, 0);
        Interlocked.Exchange(ref _next, Signal()).SetResult();
        await Gate;
        if (Behaviour(e) && e.LogPosition is { } position) await CloseAsync(position);
    }

    public int Times(string id) => Events.Count(e => e.Id == id);

    private async Task CloseAsync(EventLogPosition position)
    {
        await using var connection = await _database.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        EventLog.AddClose(batch, [position]);
        await batch.ExecuteNonQueryAsync();
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
