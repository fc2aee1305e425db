using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Cluster.Storm;

/// <summary>What the databases say after a storm of webhooks for a tenant.</summary>
internal sealed class GridRows(NpgsqlDataSource database, string tenant)
{
    /// <summary>What is under way.</summary>
    public async Task<(long Webhooks, long Events, long Messages)> OpenAsync(CancellationToken ct) => (
        await CountAsync(database, "SELECT count(*) FROM grid.webhook_inbox WHERE closed_at IS NULL", ct),
        await CountAsync(database, "SELECT count(*) FROM grid.event_log WHERE closed_at IS NULL", ct),
        await CountAsync(database, $"SELECT count(*) FROM grid.outbox WHERE kind = 'audit' OR tenant_id = '{tenant}'", ct));

    /// <summary>Nothing is under way any more: inbox worked off, events closed, outbox empty.</summary>
    public Task UntilQuietAsync(CancellationToken ct) =>
        Eventually.IsAsync(() => OpenAsync(ct), open => open is (0, 0, 0), "nothing is under way", ct);

    /// <param name="reports">Webhooks of reports that were accepted.</param>
    public async Task AssertAppliedOnceAsync(int reports, CancellationToken ct)
    {
        Assert.Equal(0, await CountAsync(database, $"SELECT count(*) FROM grid.parked_event WHERE tenant_id = '{tenant}'", ct));
        Assert.Equal(0, await CountAsync(database, $"SELECT count(*) FROM grid.webhook_inbox WHERE tenant_id = '{tenant}' AND state <> 1", ct));
        Assert.Equal(reports, (await TypesAsync(ct))["background.report"]);
        Assert.Equal(0, await CountAsync(database, "SELECT count(*) FROM (SELECT FROM grid.event_log WHERE attempt = 1 GROUP BY namespace, event_id HAVING count(*) > 1) twice", ct));
    }

    /// <summary>How many events of each type the log took.</summary>
    public async Task<IReadOnlyDictionary<string, long>> TypesAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "SELECT convert_from(body, 'UTF8')::jsonb ->> 'type', count(DISTINCT event_id) FROM grid.event_log WHERE tenant_id = $1 GROUP BY 1");
        command.Parameters.Add(new() { Value = tenant });
        await using var row = await command.ExecuteReaderAsync(ct);
        var types = new Dictionary<string, long>();
        while (await row.ReadAsync(ct)) types[row.GetString(0)] = row.GetInt64(1);
        return types;
    }

    /// <summary>Everybody has been evaluated by this version of the policy.</summary>
    public Task UntilEvaluatedAsync(int policy, CancellationToken ct) => Eventually.TrueAsync(
        async () => await CountAsync(database, $"SELECT count(*) FROM grid.employee WHERE tenant_id = '{tenant}' AND policy_version <> {policy}", ct) == 0,
        $"all are evaluated by version {policy} of the policy", ct, TimeSpan.FromMinutes(2));

    /// <summary>What the event log took about each person.</summary>
    public async Task<ILookup<Guid, AcceptedFact>> FactsAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            SELECT split_part(stream_key, '/', 2)::uuid, data ->> 'sourceKey', (data ->> 'sourceVersion')::bigint, data ->> 'outcome'
              FROM grid.event_log, LATERAL (SELECT convert_from(body, 'UTF8')::jsonb -> 'data' AS data) AS event
             WHERE namespace = 'compliance' AND tenant_id = $1
            """);
        command.Parameters.Add(new() { Value = tenant });
        await using var row = await command.ExecuteReaderAsync(ct);
        List<(Guid Employee, AcceptedFact Fact)> facts = [];
        while (await row.ReadAsync(ct)) facts.Add((row.GetGuid(0), new(row.GetString(1), row.GetInt64(2), row.GetString(3))));
        return facts.ToLookup(fact => fact.Employee, fact => fact.Fact);
    }

    /// <summary>One entry says that it was stored; each repeat has an entry of its own.</summary>
    public async Task AssertAuditedAsync(string audit, IReadOnlyCollection<string> accepted, CancellationToken ct)
    {
        await using var log = NpgsqlDataSource.Create(audit);
        await using var command = log.CreateCommand(
            "SELECT count(DISTINCT resource_id) FROM audit.audit_log WHERE action = 'WEBHOOK_RECEIVED' AND result = 'SUCCESS' AND resource_id = ANY ($1)");
        command.Parameters.Add(new() { Value = accepted.ToArray() });
        Assert.Equal((long)accepted.Count, await command.ExecuteScalarAsync(ct));
        Assert.Equal(0, await CountAsync(log, "SELECT count(*) FROM (SELECT FROM audit.audit_log GROUP BY id HAVING count(*) > 1) twice", ct));
    }

    /// <summary>No row says one tenant and names another's grain.</summary>
    public async Task AssertNobodyElsesAsync(CancellationToken ct)
    {
        foreach (var table in new[] { "event_log", "parked_event" })
            Assert.Equal(0, await CountAsync(database, $"SELECT count(*) FROM grid.{table} WHERE tenant_id <> split_part(stream_key, '/', 1)", ct));
        Assert.Equal(0, await CountAsync(database, $"SELECT count(*) FROM grid.employee e WHERE EXISTS (SELECT FROM grid.employee o WHERE o.employee_id = e.employee_id AND o.tenant_id <> e.tenant_id)", ct));
    }

    private static async Task<long> CountAsync(NpgsqlDataSource from, string sql, CancellationToken ct)
    {
#pragma warning disable CA2100 // constants of this suite
        await using var command = from.CreateCommand(sql);
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}

/// <summary>A fact about a person as the event log has it.</summary>
internal sealed record AcceptedFact(string SourceKey, long Version, string Outcome);
