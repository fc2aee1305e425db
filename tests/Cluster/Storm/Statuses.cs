using System.Collections.Concurrent;
using ComplianceGrid.Cluster.Clients;

namespace ComplianceGrid.Cluster.Storm;

/// <summary>Each person's status against <see cref="Model"/>, from the report as the vendor serves it now.</summary>
internal static class Statuses
{
    public static async Task AssertAsync(ApiClient api, SandboxClient sandbox, IReadOnlyDictionary<string, Guid> employees,
        IReadOnlyDictionary<string, string> reports, CancellationToken ct)
    {
        var served = await sandbox.ReportsAsync(ct);
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(employees, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct }, async (employee, cancel) =>
        {
            var expected = Model.Of(served[reports[employee.Key]]);
            var actual = await Workforce.StatusAsync(api, employee.Value, cancel);
            if (actual != expected) wrong.Add($"{employee.Value}: {actual} instead of {expected}, report {served[reports[employee.Key]]}");
        });
        Assert.Empty(wrong);
    }

    /// <summary>Each person's status against the fold of the facts that the log took, in an order of no meaning.</summary>
    public static async Task AssertAsync(ApiClient api, IEnumerable<Guid> employees, ILookup<Guid, AcceptedFact> facts, CancellationToken ct)
    {
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(employees, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct }, async (employee, cancel) =>
        {
            var known = facts[employee].OrderBy(fact => fact.Version % 7).ThenByDescending(fact => fact.Version).ToArray();
            if (known.Select(fact => fact.SourceKey).Distinct().Count() != 1) wrong.Add($"{employee}: not one order but {string.Join(", ", known.Select(fact => fact.SourceKey).Distinct())}");
            else if (await Workforce.StatusAsync(api, employee, cancel) is var actual && Model.Of(known) is var expected && actual != expected) wrong.Add($"{employee}: {actual} instead of {expected}");
        });
        Assert.Empty(wrong);
    }
}
