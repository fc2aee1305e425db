using ComplianceGrid.Storage.Tests.Audit.Ledger;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Audit;

/// <summary>Proven as the roles themselves: the log is append-only and an auditor reads one tenant.</summary>
public sealed class AuditRolesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly string[] Tables = ["audit_log", "log_head", "tile", "epoch", "checkpoint", "checkpoint_delivery"];

    public static TheoryData<string> Changes => new(
        "UPDATE {0} SET created_at = now()", "DELETE FROM {0}", "TRUNCATE {0} CASCADE", "UPDATE {0} SET tenant_id = 'acme' WHERE false");

    [Theory, MemberData(nameof(Changes))]
    public async Task Nobody_can_change_what_is_there(string change)
    {
        await using var log = await FilledAsync();
        var partition = (string)(await log.ScalarAsync(GridRole.Superuser, "SELECT max(tableoid::regclass::text) FROM audit.audit_log", Ct))!;
        foreach (var table in (string[])[.. Tables.Where(table => table != "tile" || !change.Contains("created_at", StringComparison.Ordinal)).Select(table => $"audit.{table}"), partition])
        {
            foreach (var role in new[] { GridRole.AuditWriter, GridRole.Auditor, GridRole.AuditNotary, GridRole.AuditOwner })
            {
                var refused = await Assert.ThrowsAsync<PostgresException>(() => log.ScalarAsync(role, string.Format(null, change, table), Ct));
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
            }

            // The trigger alone: it stops one whom no privilege does.
            var stopped = await Assert.ThrowsAsync<PostgresException>(() => log.ScalarAsync(GridRole.Superuser, string.Format(null, change, table), Ct));
            Assert.Contains("append-only", stopped.MessageText, StringComparison.Ordinal);
        }

        Assert.Equal(3, await StoredLog.VerifyAsync(log, Ct));
    }

    [Theory]
    [InlineData("INSERT INTO audit.log_head SELECT * FROM audit.log_head ON CONFLICT (tenant_id, epoch, size) DO UPDATE SET root = excluded.root")]
    [InlineData("SELECT * FROM audit.audit_log FOR UPDATE")]
    [InlineData("CREATE TABLE audit.mine (id int)")]
    [InlineData("CREATE TABLE public.mine (id int)")]
    [InlineData("ALTER TABLE audit.audit_log DISABLE TRIGGER append_only")]
    [InlineData("ALTER TABLE audit.log_head DISABLE ROW LEVEL SECURITY")]
    [InlineData("DROP TABLE audit.tile")]
    [InlineData("SET session_replication_role = replica")]
    [InlineData("INSERT INTO audit.checkpoint SELECT tenant_id, epoch, size, root, 'forged', now() FROM audit.log_head")]
    [InlineData("INSERT INTO audit.audit_log_before_ledger SELECT * FROM audit.audit_log_before_ledger")]
    public async Task The_writer_can_append_and_nothing_else(string sql)
    {
        await using var log = await FilledAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => log.ScalarAsync(GridRole.AuditWriter, sql, Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task A_head_has_one_successor()
    {
        await using var log = await FilledAsync();
        foreach (var fork in new[] { "prev_size, size + 7", "prev_size + 1, size" })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => log.ScalarAsync(GridRole.AuditWriter,
                $"INSERT INTO audit.log_head SELECT tenant_id, epoch, {fork}, root, frontier, created_at FROM audit.log_head WHERE tenant_id = 'acme'", Ct));
            Assert.Equal(PostgresErrorCodes.UniqueViolation, refused.SqlState);
        }
    }

    [Fact]
    public async Task An_auditor_sees_the_tenant_that_is_set_and_nothing_without_one()
    {
        await using var log = await FilledAsync();
        foreach (var table in (string[])[.. Tables, "leaf_hash"])
        {
            var count = $"SELECT count(*) FROM audit.{table}";
            Assert.Equal(0L, await log.ScalarAsync(GridRole.Auditor, count, Ct));
            Assert.NotEqual(0L, await log.ScalarAsync(GridRole.Auditor, count, Ct, tenant: "acme"));
            Assert.Equal(0L, await log.ScalarAsync(GridRole.Auditor, $"{count} WHERE tenant_id <> 'acme'", Ct, tenant: "acme"));
        }

        var partition = (string)(await log.ScalarAsync(GridRole.Superuser, "SELECT max(tableoid::regclass::text) FROM audit.audit_log", Ct))!;
        foreach (var sql in new[] { $"SELECT count(*) FROM {partition}", "SELECT audit.ensure_partitions(1)", "INSERT INTO audit.epoch VALUES ('acme', 9, '', '', now())" })
            await Assert.ThrowsAsync<PostgresException>(() => log.ScalarAsync(GridRole.Auditor, sql, Ct, tenant: "acme"));
    }

    [Fact]
    public async Task The_notary_reads_hashes_of_all_and_records_of_none()
    {
        await using var log = await FilledAsync();
        Assert.Equal(2L, await log.ScalarAsync(GridRole.AuditNotary, "SELECT count(*) FROM audit.log_head", Ct));
        Assert.Equal(2L, await log.ScalarAsync(GridRole.AuditNotary, "SELECT count(*) FROM audit.leaf_hash", Ct, tenant: "acme"));
        await log.ScalarAsync(GridRole.AuditNotary, "INSERT INTO audit.checkpoint SELECT tenant_id, epoch, 1, root, 'note', now() FROM audit.tile", Ct);
        foreach (var sql in new[] { "SELECT count(*) FROM audit.audit_log", "INSERT INTO audit.log_head SELECT * FROM audit.log_head", "INSERT INTO audit.tile SELECT * FROM audit.tile" })
            await Assert.ThrowsAsync<PostgresException>(() => log.ScalarAsync(GridRole.AuditNotary, sql, Ct, tenant: "acme"));
    }

    /// <summary>Two tenants' logs, and a row of acme's in every table.</summary>
    private static async Task<AuditLog> FilledAsync()
    {
        var log = await AuditLog.CreateAsync(Ct);
        await log.Store.AppendAsync(0, [log.Entry("acme"), log.Entry("acme"), log.Entry("globex")], Ct);
        await log.ScalarAsync(GridRole.Superuser, """
            INSERT INTO audit.tile VALUES ('acme', 9, 0, 0, sha256(''), repeat('x', 8192)::bytea);
            INSERT INTO audit.checkpoint SELECT tenant_id, epoch, size, root, 'note', now() FROM audit.log_head;
            INSERT INTO audit.checkpoint_delivery SELECT tenant_id, epoch, size, 'directory', now() FROM audit.checkpoint;
            INSERT INTO audit.epoch VALUES ('acme', 9, 'origin', 'note', now()), ('globex', 9, 'origin', 'note', now());
            """, Ct);
        return log;
    }
}
