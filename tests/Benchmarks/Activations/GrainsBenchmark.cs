using System.Collections.Immutable;
using System.Globalization;
using ComplianceGrid.Benchmarks.Events;
using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Benchmarks.Activations;

/// <summary>
/// What an employee grain costs that is active and idle, and how fast grains come from storage, in a silo of the product. The memory is the slope
/// between the first tenth and all of them, so that what the process needs anyway is in neither.
/// </summary>
internal static class GrainsBenchmark
{
    private const int Employees = 100_000, First = Employees / 10, Callers = 64, AtOnce = 20_000;
    private const double Goal = 4 * 1024;

    public static async Task RunAsync(GridUnderTest grid, Report report, CancellationToken ct)
    {
        var keys = await HireAsync(grid, ct);
        var limit = await Pgbench.SelectsAsync(grid, Employees, ct);
        await grid.ReconfigureAsync("silo-1", _ => { }, ct); // none is active now
        await using var caller = await GridCaller.ConnectAsync(grid, "bench-grains", ct);
        var silo = new SiloHeap(grid, caller);

        await ActivateAsync(caller, keys[..First], ct);
        var (active, before) = (await silo.ActiveEmployeesAsync(), await silo.LiveBytesAsync(ct));
        var taken = await ActivateAsync(caller, keys[First..], ct);
        report.Of("activations from storage, 64 callers, of pgbench's selects", (Employees - First) / taken.TotalSeconds, limit);
        Report.Progress("collecting garbage");
        var (allActive, after) = (await silo.ActiveEmployeesAsync(), await silo.LiveBytesAsync(ct));

        var grains = allActive - active;
        if (allActive < Employees) throw new InvalidOperationException($"Only {allActive} of {Employees} employees are active: this measures nothing.");
        var (each, state) = ((after - before) / (double)grains, ProfileSize.Bytes(GridCaller.Profile));
        report.Below($"memory of an idle employee grain over its state, {Employees:N0} active", each - state, "bytes", Goal);
        report.Add("  with its state, and the state", string.Create(CultureInfo.InvariantCulture,
            $"{each:N0} bytes, {state:N0} bytes; heap {before / 1e6:N0} MB with {active:N0}, {after / 1e6:N0} MB with {allActive:N0}; resident {silo.Resident / 1e6:N0} MB"));
    }

    private static async Task<ImmutableArray<EmployeeKey>> HireAsync(GridUnderTest grid, CancellationToken ct)
    {
        await using var caller = await GridCaller.ConnectAsync(grid, "bench-grains", ct);
        await caller.PublishPolicyAsync(order: null);
        List<EmployeeKey> keys = [];
        while (keys.Count < Employees)
        {
            keys.AddRange(await caller.HireAsync(AtOnce, ct, keys.Count));
            Report.Progress(string.Create(CultureInfo.InvariantCulture, $"{keys.Count:N0} hired"));
        }

        // Their audit entries are relayed first: it would be measured with the rest.
        await using var database = NpgsqlDataSource.Create(await grid.SuperuserAsync("grid"));
        await Eventually.TrueAsync(async () =>
        {
            await using var command = database.CreateCommand("SELECT EXISTS (SELECT FROM grid.outbox)");
            return !(bool)(await command.ExecuteScalarAsync(ct))!;
        }, "the outbox is empty", ct, TimeSpan.FromMinutes(5));
        return [.. keys];
    }

    private static async Task<TimeSpan> ActivateAsync(GridCaller caller, ImmutableArray<EmployeeKey> keys, CancellationToken ct)
    {
        Report.Progress(string.Create(CultureInfo.InvariantCulture, $"activating {keys.Length:N0}"));
        var start = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = ct }, async (key, _) => await caller.Employee(key).Get());
        return TimeProvider.System.GetElapsedTime(start);
    }
}
