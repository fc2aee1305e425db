using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;

namespace ComplianceGrid.Cluster.Failover;

/// <summary>Two silo processes form one cluster; one dies by SIGKILL, and the other answers for every grain with its last saved state.</summary>
public sealed class SiloFailoverTests(GridProcesses grid)
{
    private const int People = 60;

    [Fact]
    public async Task Every_grain_answers_from_the_surviving_silo()
    {
        var ct = TestContext.Current.CancellationToken;
        using var api = await ApiClient.LogInAsync(grid, "failover", ct, "TenantAdmin", "ComplianceManager", "Adjudicator");
        await api.PublishFirstPolicyAsync(Workforce.Policy, ct);
        var employees = await Workforce.HireAsync(api, People, ct);
        var before = await RevisionsAsync(api, employees.Values, ct);

        await grid.KillAsync("silo-1");
        var after = await RevisionsAsync(api, employees.Values, ct);
        Assert.Equal(People, after.Count);
        // A grain may have gone on (its order was placed meanwhile), but nothing that was saved is lost.
        Assert.All(after, employee => Assert.True(employee.Value >= before[employee.Key]));
        await grid.UpAsync();
    }

    private static async Task<Dictionary<Guid, long>> RevisionsAsync(ApiClient api, IEnumerable<Guid> employees, CancellationToken ct)
    {
        var revisions = new Dictionary<Guid, long>();
        foreach (var id in employees)
        {
            using var record = await api.ReadAsync(HttpMethod.Get, $"/api/employees/{id}", null, ct);
            revisions[id] = record.RootElement.GetProperty("revision").GetInt64();
        }

        return revisions;
    }
}
