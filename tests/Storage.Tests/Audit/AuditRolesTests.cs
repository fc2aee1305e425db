using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Audit;

/// <summary>Proven as the roles themselves: the log is append-only and an auditor reads one tenant.</summary>
public sealed class AuditRolesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Changes => new(
        "UPDATE {0} SET result = 'SUCCESS'", "DELETE FROM {0}", "TRUNCATE {0}",
        "INSERT INTO {0} SELECT * FROM audit.audit_log ON CONFLICT (created_at, id) DO UPDATE SET result = 'FAILURE'");

    [Theory, MemberData(nameof(Changes))]
    public async Task Neither_writer_nor_auditor_nor_owner_can_change_what_is_there(string change)
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        await log.Store.AppendAsync(0, [log.Entry()], Ct);
        var partition = (string)(await log.ScalarAsync(GridRole.Superuser, "SELECT tableoid::regclass::text FROM audit.audit_log", Ct))!;

        foreach (var table in new[] { "audit.audit_log", partition })
        {
            foreach (var role in new[] { GridRole.AuditWriter, GridRole.Auditor, GridRole.AuditOwner })
            {
                var refused = await Assert.ThrowsAsync<PostgresException>(() => log.ScalarAsync(role, string.Format(null, change, table), Ct));
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
            }
        }

        Assert.Equal(1, await log.CountAsync(Ct));
    }

    [Theory]
    [InlineData("CREATE TABLE audit.mine (id int)")]
    [InlineData("CREATE TABLE public.mine (id int)")]
    [InlineData("ALTER TABLE audit.audit_log DISABLE TRIGGER append_only")]
    [InlineData("ALTER TABLE audit.audit_log DISABLE ROW LEVEL SECURITY")]
    [InlineData("DROP TABLE audit.audit_log")]
    public async Task The_writer_has_no_ddl(string ddl)
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => log.ScalarAsync(GridRole.AuditWriter, ddl, Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task An_auditor_sees_the_tenant_that_is_set_and_nothing_without_one()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        await log.Store.AppendAsync(0, [log.Entry("acme"), log.Entry("acme"), log.Entry("globex")], Ct);
        const string count = "SELECT count(*) FROM audit.audit_log";

        Assert.Equal(0L, await log.ScalarAsync(GridRole.Auditor, count, Ct));
        Assert.Equal(2L, await log.ScalarAsync(GridRole.Auditor, count, Ct, tenant: "acme"));
        Assert.Equal(1L, await log.ScalarAsync(GridRole.Auditor, count, Ct, tenant: "globex"));
        var partition = (string)(await log.ScalarAsync(GridRole.Superuser, "SELECT tableoid::regclass::text FROM audit.audit_log LIMIT 1", Ct))!;
        await Assert.ThrowsAsync<PostgresException>(() => log.ScalarAsync(GridRole.Auditor, $"SELECT count(*) FROM {partition}", Ct, tenant: "acme"));
        await Assert.ThrowsAsync<PostgresException>(() => log.ScalarAsync(GridRole.Auditor, "SELECT audit.ensure_partitions(1)", Ct));
    }
}
