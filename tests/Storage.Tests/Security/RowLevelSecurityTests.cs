using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Security;

/// <summary>What each role sees and may do, as that role.</summary>
public sealed class RowLevelSecurityTests
{
    private static readonly string[] TenantTables = ["grain_state", "tenant_key", "employee", "employee_count"];
    private static readonly string[] ApiTables = ["employee", "employee_count"];

    [Fact]
    public async Task Without_a_setting_the_silo_sees_and_writes_no_tenants_row()
    {
        await using var db = await FilledAsync();
        foreach (var table in TenantTables)
        {
            var count = $"SELECT count(*) FROM grid.{table}";
            Assert.Equal(0, await Db.ScalarAsync<long>(db.Grid(GridRole.Silo), count));
            Assert.Equal(0, await Db.ScalarAsync<long>(db.Grid(GridRole.Silo), count, ""));
            var acme = await Db.ScalarAsync<long>(db.Grid(GridRole.Silo), count, "acme");
            Assert.InRange(acme, 1, long.MaxValue);
            Assert.Equal(acme * 2, await Db.ScalarAsync<long>(db.Grid(GridRole.Silo), count, "acme,beta"));
        }

        await AssertDeniedAsync(() => Db.ExecuteAsync(db.Grid(GridRole.Silo),
            "INSERT INTO grid.grain_state (state_name, grain_key, tenant_id, version, payload) VALUES ('x', 'beta/x', 'beta', 1, '')", "acme"));
        await Db.ExecuteAsync(db.Grid(GridRole.Silo), "UPDATE grid.employee SET family_name = 'x'; DELETE FROM grid.grain_state", "gamma");
        Assert.Equal(2, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.employee WHERE family_name <> 'x'"));
        await AssertDeniedAsync(() => Db.ExecuteAsync(db.Grid(GridRole.Silo), "UPDATE grid.tenant_key SET wrapped = ''", "acme"));
    }

    [Fact]
    public async Task The_api_sees_one_tenant_and_changes_nothing()
    {
        await using var db = await FilledAsync();
        foreach (var table in ApiTables)
        {
            Assert.Equal(0, await Db.ScalarAsync<long>(db.Grid(GridRole.Api), $"SELECT count(*) FROM grid.{table}"));
            Assert.Equal(0, await Db.ScalarAsync<long>(db.Grid(GridRole.Api), $"SELECT count(*) FROM grid.{table} WHERE tenant_id <> 'acme'", "acme"));
            Assert.InRange(await Db.ScalarAsync<long>(db.Grid(GridRole.Api), $"SELECT count(*) FROM grid.{table}", "acme"), 1, long.MaxValue);
            Assert.Equal(0, await Db.ScalarAsync<long>(db.Grid(GridRole.Api), $"SELECT count(*) FROM grid.{table}", "acme,beta")); // one tenant, not a list
            await AssertDeniedAsync(() => Db.ExecuteAsync(db.Grid(GridRole.Api), $"DELETE FROM grid.{table}", "acme"));
        }

        foreach (var table in new[] { "grid.grain_state", "grid.tenant_key", "grid.event_log", "grid.event_queue", "orleans.storage", "orleans.reminder", "quartz.qrtz_triggers" })
            await AssertDeniedAsync(() => Db.ExecuteAsync(db.Grid(GridRole.Api), $"SELECT FROM {table}", "acme"));
        // How long the tenant's audit entries wait, and nothing else of them.
        Assert.Equal(0, await Db.ScalarAsync<long>(db.Grid(GridRole.Api), "SELECT count(*) FROM grid.outbox WHERE kind <> 'audit' OR tenant_id <> 'acme'", "acme"));
        foreach (var use in new[] { "SELECT body FROM grid.outbox", "SELECT sealed FROM grid.outbox", "SELECT id FROM grid.outbox", "DELETE FROM grid.outbox", "UPDATE grid.outbox SET attempt = 0" })
            await AssertDeniedAsync(() => Db.ExecuteAsync(db.Grid(GridRole.Api), use, "acme"));
        Assert.Equal("1", await CopyAsync(db.Grid(GridRole.Api), "COPY (SELECT count(*) FROM grid.employee) TO STDOUT", "acme"));
        await AssertDeniedAsync(() => Db.ExecuteAsync(db.Grid(GridRole.Api), "SET LOCAL row_security = off; SELECT count(*) FROM grid.employee", "acme"));
        // An Orleans client finds the gateways, and can do no more.
        await Db.ExecuteAsync(db.Grid(GridRole.Api), "SELECT count(*) FROM orleans.membership, orleans.membership_version, orleans.orleansquery");
        await AssertDeniedAsync(() => Db.ExecuteAsync(db.Grid(GridRole.Api), "SELECT orleans.update_membership('', '', 0, 0, 0, '', now(), 0)"));
        await AssertDeniedAsync(() => Db.ExecuteAsync(db.Grid(GridRole.Api), "DELETE FROM orleans.membership"));
    }

    [Fact]
    public async Task The_sweeper_sees_who_is_due_in_every_tenant_and_nothing_else()
    {
        await using var db = await FilledAsync();
        Assert.Equal(2, await Db.ScalarAsync<long>(db.Grid(GridRole.Sweeper),
            "SELECT count(*) FROM (SELECT state_name, grain_key, tenant_id, due_at, policy_version FROM grid.grain_state) due"));
        await AssertDeniedAsync(() => Db.ExecuteAsync(db.Grid(GridRole.Sweeper), "SELECT payload FROM grid.grain_state"));
        await AssertDeniedAsync(() => Db.ExecuteAsync(db.Grid(GridRole.Sweeper), "SELECT document FROM grid.policy"));
        await Db.ExecuteAsync(db.Grid(GridRole.Sweeper), "SELECT tenant_id, version FROM grid.policy");
        foreach (var table in new[] { "employee", "employee_count", "vendor_order", "tenant_key", "outbox", "event_log" })
            await AssertDeniedAsync(() => Db.ExecuteAsync(db.Grid(GridRole.Sweeper), $"SELECT FROM grid.{table}"));
        await AssertDeniedAsync(() => Db.ExecuteAsync(db.Grid(GridRole.Sweeper), "UPDATE grid.grain_state SET due_at = NULL"));
    }

    [Fact]
    public async Task The_gateway_appends_and_reads_nothing_of_the_grains()
    {
        await using var db = await FilledAsync();
        foreach (var table in new[] { "grain_state", "tenant_key", "employee", "employee_count", "policy", "vendor_order", "outbox", "event_log" })
            await AssertDeniedAsync(() => Db.ExecuteAsync(db.Grid(GridRole.Gateway), $"SELECT FROM grid.{table}", "acme"));
        const string insert = "INSERT INTO grid.outbox (id, tenant_id, kind, shard, body) VALUES (gen_random_uuid(), 'acme', ";
        await Db.ExecuteAsync(db.Grid(GridRole.Gateway), insert + "'audit', 0, '')");
        await AssertDeniedAsync(() => Db.ExecuteAsync(db.Grid(GridRole.Gateway), insert + "'order', 0, '')"));
    }

    private static async Task<GridDatabase> FilledAsync()
    {
        var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        GrainState.EmployeeWrites employees = new(host);
        foreach (var tenant in new[] { "acme", "beta" }) await employees.WriteAsync(Sample.Key(tenant, 1), key => Sample.Employee(key));
        return db;
    }

    private static async Task AssertDeniedAsync(Func<Task> act) =>
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(act)).SqlState);

    private static async Task<string> CopyAsync(string connectionString, string copy, string tenant)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var scope = new NpgsqlCommand("SELECT set_config('app.tenant_id', $1, true)", connection))
        {
            scope.Parameters.Add(new() { Value = tenant });
            await scope.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        using var reader = await connection.BeginTextExportAsync(copy, TestContext.Current.CancellationToken);
        return (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim();
    }
}
