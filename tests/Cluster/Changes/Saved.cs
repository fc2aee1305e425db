using ComplianceGrid.Employees;
using ComplianceGrid.Tenancy;
using Npgsql;

namespace ComplianceGrid.Cluster.Changes;

/// <summary>What somebody was told to be saved.</summary>
internal sealed record Saved(Guid Person, long Revision, string FamilyName)
{
    /// <summary>Nothing of it is lost, nothing was saved twice over, and each saved change is on record. Call it when nothing is under way any more.</summary>
    /// <param name="log">The audit database.</param>
    public static async Task AssertKeptAsync(IGrainFactory grains, string tenant, IReadOnlyCollection<Saved> acknowledged, NpgsqlDataSource log, CancellationToken ct)
    {
        RequestContext.Set(CallContext.Tenant, tenant);
        foreach (var ofOne in acknowledged.GroupBy(saved => saved.Person))
        {
            var saved = ofOne.ToDictionary(save => save.Revision, save => save.FamilyName); // a revision that was given twice is a fork
            var last = await grains.GetGrain<IEmployeeGrain>(new EmployeeKey(new(tenant), ofOne.Key).ToString()).Get();
            Assert.InRange(saved.Keys.Max(), 1, last.Revision);
            if (saved.TryGetValue(last.Revision, out var name)) Assert.Equal(name, last.Profile.FamilyName);
            // A state and its entry are saved as one: of a fork there would be more entries than revisions, of a lost change fewer than acknowledgements.
            Assert.InRange(await UpdatesAsync(log, tenant, ofOne.Key, ct), saved.Count, last.Revision - 1);
        }
    }

    private static async Task<long> UpdatesAsync(NpgsqlDataSource log, string tenant, Guid person, CancellationToken ct)
    {
        await using var command = log.CreateCommand("SELECT count(*) FROM audit.audit_log WHERE tenant_id = $1 AND resource = 'employees' AND resource_id = $2 AND action = 'UPDATE'");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = person.ToString() });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
