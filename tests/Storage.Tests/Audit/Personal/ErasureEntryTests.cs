using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Audit.Personal;

/// <summary>Erasing a person is on record, whoever calls the function.</summary>
public sealed class ErasureEntryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_erasure_is_one_entry_for_the_tenants_shard()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        await using var silo = NpgsqlDataSource.Create(db.Grid(GridRole.Silo));
        for (var times = 0; times < 2; times++)
        {
            await using var erase = silo.CreateCommand("SELECT grid.erase_person_key('acme', 'p-1')");
            await erase.ExecuteScalarAsync(Ct);
        }

        await using var rows = NpgsqlDataSource.Create(db.Grid(GridRole.Superuser));
        await using var select = rows.CreateCommand("SELECT id, shard, body FROM grid.outbox WHERE tenant_id = 'acme' AND kind = 'audit'");
        await using var row = await select.ExecuteReaderAsync(Ct);
        Assert.True(await row.ReadAsync(Ct));
        var entry = JsonSerializer.Deserialize<AuditEntry>(row.GetFieldValue<byte[]>(2), GridJson.Options)!;
        Assert.Equal((row.GetGuid(0), LedgerShards.Of("acme")), (entry.Id, row.GetInt32(1)));
        Assert.Equal(("acme", "operator:grid_silo", AuditAction.Delete, "person-keys", "p-1", """{"change":"erased"}""", true),
            (entry.TenantId, entry.UserId, entry.Action, entry.Resource, entry.ResourceId, entry.Details, entry.Success));
        Assert.False(await row.ReadAsync(Ct));
    }

    [Fact]
    public async Task The_database_knows_each_tenants_shard()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        await using var rows = NpgsqlDataSource.Create(db.Grid(GridRole.Superuser));
        string[] tenants = [TenantId.System.Value, "a", "émile", .. Enumerable.Range(0, 50).Select(n => $"tenant-{n}")];
        await using var select = rows.CreateCommand("SELECT array_agg(grid.ledger_shard(t) ORDER BY n) FROM unnest($1) WITH ORDINALITY AS x (t, n)");
        select.Parameters.Add(new() { Value = tenants });
        Assert.Equal(tenants.Select(LedgerShards.Of), (int[])(await select.ExecuteScalarAsync(Ct))!);
    }
}
