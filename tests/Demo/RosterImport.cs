using System.Collections.Concurrent;

namespace ComplianceGrid.Demo;

/// <summary>Hires everybody on the roster, eight at a time.</summary>
internal static class RosterImport
{
    public static async Task<IReadOnlyList<Employee>> RunAsync(GridClient grid, IReadOnlyList<RosterLine> roster, CancellationToken ct)
    {
        var employees = new ConcurrentBag<Employee>();
        await Parallel.ForEachAsync(roster, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct },
            async (line, cancel) => employees.Add(await grid.HireAsync(line, cancel)));
        return [.. employees.OrderBy(employee => employee.Email, StringComparer.Ordinal)];
    }
}
