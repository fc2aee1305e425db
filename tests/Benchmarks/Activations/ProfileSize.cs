using System.Text.Json;
using ComplianceGrid.Employees;
using ComplianceGrid.Storage;

namespace ComplianceGrid.Benchmarks.Activations;

/// <summary>
/// What an employee's state takes in memory: the objects that its JSON is read into, counted by holding many of them in this process. Of a state with
/// neither facts nor waivers that is its profile; the few fields around it count as the grain's.
/// </summary>
internal static class ProfileSize
{
    private const int Held = 20_000;

    public static double Bytes(Func<int, EmployeeProfile> profile)
    {
        byte[][] stored = [.. Enumerable.Range(0, Held).Select(i => JsonSerializer.SerializeToUtf8Bytes(profile(i), GridJson.Options))];
        JsonSerializer.Deserialize<EmployeeProfile>(stored[0], GridJson.Options);
        var read = new EmployeeProfile?[Held];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Held; i++) read[i] = JsonSerializer.Deserialize<EmployeeProfile>(stored[i], GridJson.Options);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(read);
        GC.KeepAlive(stored);
        return (after - before) / (double)Held;
    }
}
