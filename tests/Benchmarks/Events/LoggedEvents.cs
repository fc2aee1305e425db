using System.Collections.Immutable;
using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Benchmarks.Events;

/// <summary>Events for employees, and their way through the log.</summary>
internal static class LoggedEvents
{
    private const int Writers = 4, PerTransaction = 50;
    private static readonly TimeProvider Clock = TimeProvider.System;
    private static long _version;

    /// <summary>Appends events for the employees in turn.</summary>
    /// <returns>How long it took until all were appended, and until each was saved by its grain, which closes its row.</returns>
    public static async Task<(TimeSpan Appended, TimeSpan Closed)> StreamAsync(GridUnderTest grid, ImmutableArray<EmployeeKey> keys, int count, CancellationToken ct)
    {
        await using var database = NpgsqlDataSource.Create(grid.Connection("silo-1", "Grid"));
        var start = Clock.GetTimestamp();
        await Parallel.ForAsync(0, Writers, ct, async (writer, stop) =>
        {
            for (var from = writer * PerTransaction; from < count; from += Writers * PerTransaction)
            {
                var events = Enumerable.Range(from, PerTransaction).Select(i => EventLogEntry.Of(For(keys[i % keys.Length]))).ToList();
                await using var connection = await database.OpenConnectionAsync(stop);
                await using var transaction = await connection.BeginTransactionAsync(stop);
                await EventLog.AppendAsync(connection, transaction, events, stop);
                await transaction.CommitAsync(stop);
            }
        });
        var appended = Clock.GetElapsedTime(start);
        await Eventually.TrueAsync(async () => !await AnyOpenAsync(database, ct), "all events are closed", ct, TimeSpan.FromMinutes(5));
        return (appended, Clock.GetElapsedTime(start));
    }

    /// <summary>News of the person's background check; one in ten changes the colour.</summary>
    public static ComplianceEvent For(EmployeeKey key)
    {
        var (version, now) = (Interlocked.Increment(ref _version), Clock.GetUtcNow());
        return new()
        {
            Id = $"bench-{version}",
            Source = "bench",
            Type = EventTypes.BackgroundReport,
            Time = now,
            Namespace = StreamNamespaces.Compliance,
            Key = key.ToString(),
            Data = new()
            {
                SourceKey = "bench/report",
                SourceVersion = version,
                Item = ComplianceItems.BackgroundCheck,
                Outcome = version % 10 == 0 ? FactOutcome.AwaitingReview : FactOutcome.Satisfied,
                ObservedAt = now,
                EffectiveOn = new(2026, 1, 5),
            },
        };
    }

    private static async Task<bool> AnyOpenAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT FROM grid.event_log WHERE closed_at IS NULL)");
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }
}
