using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit.Search;
using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Audit.Search;

public sealed class WaitingEntriesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenant_learns_how_many_of_its_own_entries_wait_and_since_when()
    {
        await using var database = await GridDatabase.CreateAsync(Ct);
        await ExecuteAsync(database, $"""
            INSERT INTO grid.outbox (id, tenant_id, kind, shard, body, created_at)
            SELECT gen_random_uuid(), t.tenant, t.kind, t.shard, 'secret', timestamptz '2026-05-01T10:00:00Z' + n * interval '1 minute'
              FROM (VALUES ('acme', 'audit', {LedgerShards.Of("acme")}), ('acme', 'order', 0), ('globex', 'audit', {LedgerShards.Of("globex")})) t (tenant, kind, shard),
                   generate_series(1, 3) n
             WHERE t.tenant = 'acme' OR n = 1
            """);
        await using var api = NpgsqlDataSource.Create(database.Grid(GridRole.Api));
        var waiting = new WaitingEntries(new TenantReader(api));

        Assert.Equal((3, new DateTimeOffset(2026, 5, 1, 10, 1, 0, TimeSpan.Zero)), await waiting.CountAsync(new TenantId("acme"), Ct));
        Assert.Equal((1, new DateTimeOffset(2026, 5, 1, 10, 1, 0, TimeSpan.Zero)), await waiting.CountAsync(new TenantId("globex"), Ct));
        Assert.Equal((0, null), await waiting.CountAsync(new TenantId("nobody"), Ct));
        await using var peek = api.CreateCommand("SELECT body FROM grid.outbox");
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => peek.ExecuteScalarAsync(Ct))).SqlState);
    }

    private static async Task ExecuteAsync(GridDatabase database, string sql)
    {
        await using var superuser = NpgsqlDataSource.Create(database.Grid(GridRole.Superuser));
#pragma warning disable CA2100 // the test's own constant
        await using var command = superuser.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Ct);
    }
}
