using System.Collections.Concurrent;
using System.Diagnostics;
using ComplianceGrid.Events;
using Npgsql;
using EventLog = ComplianceGrid.Storage.Events.EventLog;

namespace ComplianceGrid.Streams.Tests.Support;

internal sealed record Arrival(ComplianceEvent Event, string Silo, ActivityContext? Trace);

/// <summary>What the test grains of all silos of a test saw, and what they shall do with it.</summary>
internal sealed class Arrivals(string connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(connectionString);

    public ConcurrentQueue<Arrival> All { get; } = new();

    public IEnumerable<ComplianceEvent> Events => All.Select(arrival => arrival.Event);

    /// <summary>Distinct events.</summary>
    public int Count => _seen.Count;

    /// <summary>Called for each arrival after it is recorded; whether to close the row, or throw.</summary>
    public Func<ComplianceEvent, bool> Behaviour { get; set; } = _ => true;

    private readonly ConcurrentDictionary<string, byte> _seen = new();

    public async Task HandleAsync(ComplianceEvent e, string silo)
    {
        All.Enqueue(new(e, silo, Activity.Current?.Context));
        _seen.TryAdd(e.Id, 0);
        if (Behaviour(e)) await CloseAsync(e.LogPosition!.Value);
    }

    public int Times(string id) => Events.Count(e => e.Id == id);

    private async Task CloseAsync(EventLogPosition position)
    {
        await using var connection = await _database.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        EventLog.AddClose(batch, [position]);
        await batch.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
