using System.Diagnostics;
using System.Globalization;
using ComplianceGrid.Benchmarks.Grid;

namespace ComplianceGrid.Benchmarks.Activations;

/// <summary>The managed memory of silo-1, by its own metrics after collections that it was asked for.</summary>
internal sealed class SiloHeap(GridUnderTest grid, GridCaller caller)
{
    private const string Size = "dotnet_gc_last_collection_heap_size_bytes", Fragments = "dotnet_gc_last_collection_heap_fragmentation_size_bytes";

    // What has a finalizer goes with the second.
    private const int Collections = 3;

    public async Task<int> ActiveEmployeesAsync() =>
        (await caller.Management.GetSimpleGrainStatistics()).Where(grain => grain.GrainType.Contains("EmployeeGrain", StringComparison.Ordinal)).Sum(grain => grain.ActivationCount);

    /// <summary>What lives on the heap: its size less the gaps in it.</summary>
    public async Task<double> LiveBytesAsync(CancellationToken ct)
    {
        var hosts = await caller.Management.GetHosts(onlyActive: true, ct);
        for (var i = 0; i < Collections; i++) await caller.Management.ForceGarbageCollection([.. hosts.Keys], ct);
        using var http = new HttpClient();
        var metrics = (await http.GetStringAsync(new Uri(grid.Silo(1), "/metrics"), ct)).Split('\n');
        return Sum(metrics, Size) - Sum(metrics, Fragments);
    }

    public long Resident
    {
        get
        {
            using var process = Process.GetProcessById(grid.ProcessOf("silo-1"));
            return process.WorkingSet64;
        }
    }

    private static double Sum(string[] metrics, string name)
    {
        var values = metrics.Where(line => line.StartsWith(name + "{", StringComparison.Ordinal)).Select(line => double.Parse(line.Split("} ")[1].Split(' ')[0], CultureInfo.InvariantCulture)).ToList();
        return values.Count > 0 ? values.Sum() : throw new InvalidOperationException($"The silo has no metric {name}.");
    }
}
