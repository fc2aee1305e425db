using System.Collections.Immutable;
using System.Globalization;
using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Benchmarks.Load;
using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Benchmarks.Events;

/// <summary>Events applied a second: from a client process's call to the committed transaction, and through the streams.</summary>
internal static class EventsBenchmark
{
    private const int Grains = 2_000, Callers = 256, Streamed = 20_000, Writers = 4, PerTransaction = 50;
    private static readonly TimeProvider Clock = TimeProvider.System;
    private static long _version;

    public static async Task RunAsync(GridUnderTest grid, Report report, CancellationToken ct)
    {
        await using var caller = await GridCaller.ConnectAsync(grid, "bench-events", ct);
        await caller.PublishPolicyAsync(order: null);
        var keys = await caller.HireAsync(Grains, ct);
        var limit = await Pgbench.UpsertsAsync(grid, Grains, ct);
        // Each caller has grains of its own, in turn: no grain's turn is waited for.
        var turns = new int[Callers];
        var applied = await LoadGenerator.ClosedAsync(Callers, TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(10), async number =>
        {
            var key = keys[(number + turns[number]++ * Callers) % Grains];
            await caller.Employee(key).Apply(Event(key));
            return true;
        });
        report.Ratio("events applied, 256 callers of 2,000 grains, of pgbench", applied, limit, 0.4);
        await StreamAsync(grid, report, keys, ct);
    }

    private static async Task StreamAsync(GridUnderTest grid, Report report, ImmutableArray<EmployeeKey> keys, CancellationToken ct)
    {
        await using var database = NpgsqlDataSource.Create(grid.Connection("silo-1", "Grid"));
        var start = Clock.GetTimestamp();
        await Parallel.ForAsync(0, Writers, ct, async (writer, stop) =>
        {
            for (var from = writer * PerTransaction; from < Streamed; from += Writers * PerTransaction)
            {
                var events = Enumerable.Range(from, PerTransaction).Select(i => EventLogEntry.Of(Event(keys[i % Grains]))).ToList();
                await using var connection = await database.OpenConnectionAsync(stop);
                await using var transaction = await connection.BeginTransactionAsync(stop);
                await EventLog.AppendAsync(connection, transaction, events, stop);
                await transaction.CommitAsync(stop);
            }
        });
        var appended = Clock.GetElapsedTime(start);
        await Eventually.TrueAsync(async () => !await AnyOpenAsync(database, ct), "all events are closed", ct, TimeSpan.FromMinutes(5));
        var closed = Clock.GetElapsedTime(start);
        report.Add("events through log, stream and grain until all are closed", string.Create(CultureInfo.InvariantCulture,
            $"{Streamed / closed.TotalSeconds:N0}/s ({Streamed:N0} appended in {appended.TotalSeconds:0.0} s, all closed after {closed.TotalSeconds:0.0} s)"));
    }

    private static async Task<bool> AnyOpenAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT FROM grid.event_log WHERE closed_at IS NULL)");
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>News of the person's background check; one in ten changes the colour.</summary>
    private static ComplianceEvent Event(EmployeeKey key)
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
}
