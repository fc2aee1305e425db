using System.Collections.Concurrent;
using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using Npgsql;

namespace ComplianceGrid.Streams.Tests.Support;

/// <summary>
/// Writers that append for shared employees, one transaction after the other; some roll back, some are killed by the server at any
/// moment. What was committed is known: after a broken commit the writer asks.
/// </summary>
/// <param name="phase">Writers of another phase write for other employees.</param>
internal sealed class EventWriters(string database, string superuser, int writers, int eventsEach, int seed, int phase = 0)
{
    private const int Employees = 200;

    private readonly ConcurrentDictionary<(int Writer, string Key), List<long>> _committed = new();
    private int _rolledBack;
    private int _killed;

    public int RolledBack => _rolledBack;
    public int Killed => _killed;
    public int Total => writers * eventsEach;

    /// <summary>Versions by writer and employee, in the order in which they were committed.</summary>
    public IReadOnlyDictionary<(int Writer, string Key), List<long>> Committed => _committed;

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(Enumerable.Range(phase * writers, writers).Select(writer => Task.Run(() => WriteAsync(writer, ct), ct)));

    /// <summary>The same grouping for what arrived, in the order in which it arrived first.</summary>
    public static Dictionary<(int Writer, string Key), List<long>> Group(IEnumerable<ComplianceEvent> arrived) => arrived
        .DistinctBy(e => e.Id)
        .GroupBy(e => (int.Parse(e.Data.SourceKey.Split('/')[0], null), e.Key))
        .ToDictionary(group => group.Key, group => group.Select(e => e.Data.SourceVersion).ToList());

    public void AssertAllArrivedInOrder(IEnumerable<ComplianceEvent> arrived)
    {
        var groups = Group(arrived);
        Assert.Equal(Committed.Count, groups.Count);
        foreach (var (key, versions) in Committed) Assert.Equal(versions, groups[key]);
    }

    private async Task WriteAsync(int writer, CancellationToken ct)
    {
        var random = new Random(seed + writer); // seeded: the run prints its seed
        var written = 0;
        long version = 0;
        while (written < eventsEach)
        {
            var count = Math.Min(random.Next(1, 65), eventsEach - written);
            ComplianceEvent[] events = [.. Enumerable.Range(0, count).Select(_ => New(writer, phase * Employees + random.Next(Employees), ++version))];
            if (!await TryCommitAsync(events, random.NextDouble(), ct)) continue;
            foreach (var e in events) _committed.GetOrAdd((writer, e.Key), _ => []).Add(e.Data.SourceVersion);
            written += count;
        }
    }

    private static ComplianceEvent New(int writer, int employee, long version) => TestEvents.Of(TestEvents.Employee(employee), $"{writer}/{employee}", version);

    private async Task<bool> TryCommitAsync(ComplianceEvent[] events, double fate, CancellationToken ct)
    {
        var committing = false;
        try
        {
            await using var connection = new NpgsqlConnection(database);
            await connection.OpenAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            var killing = fate < 0.05 ? KillAsync(connection.ProcessID, ct) : Task.CompletedTask;
            await EventLog.AppendAsync(connection, transaction, [.. events.Select(EventLogEntry.Of)], ct);
            if (fate > 0.9)
            {
                Interlocked.Increment(ref _rolledBack);
                await transaction.RollbackAsync(ct);
                return false;
            }

            committing = true;
            await transaction.CommitAsync(ct);
            await killing;
            return true;
        }
        catch (NpgsqlException)
        {
            // Killed, or handed a connection by the pool that was.
            Interlocked.Increment(ref _killed);
            return committing && await IsInLogAsync(events[0].Id, ct);
        }
    }

    private async Task KillAsync(int process, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("SELECT pg_terminate_backend($1, 30000)", connection) { Parameters = { new() { Value = process } } };
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<bool> IsInLogAsync(string id, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("SELECT 1 FROM grid.event_log WHERE event_id = $1", connection) { Parameters = { new() { Value = id } } };
        return await command.ExecuteScalarAsync(ct) is not null;
    }
}
