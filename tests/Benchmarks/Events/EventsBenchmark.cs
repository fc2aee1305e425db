using System.Collections.Immutable;
using System.Globalization;
using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Benchmarks.Load;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Benchmarks.Events;

/// <summary>Events applied a second: from a client process's call to the committed transaction, and through the streams.</summary>
internal static class EventsBenchmark
{
    private const int Grains = 2_000, Callers = 256, Streamed = 20_000;

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
            await caller.Employee(key).Apply(LoggedEvents.For(key));
            return true;
        });
        report.Ratio("events applied, 256 callers of 2,000 grains, of pgbench", applied, limit, 0.4);
        await StreamAsync(grid, report, keys, ct);
    }

    private static async Task StreamAsync(GridUnderTest grid, Report report, ImmutableArray<EmployeeKey> keys, CancellationToken ct)
    {
        var (appended, closed) = await LoggedEvents.StreamAsync(grid, keys, Streamed, ct);
        report.Add("events through log, stream and grain until all are closed", string.Create(CultureInfo.InvariantCulture,
            $"{Streamed / closed.TotalSeconds:N0}/s ({Streamed:N0} appended in {appended.TotalSeconds:0.0} s, all closed after {closed.TotalSeconds:0.0} s)"));
    }
}
