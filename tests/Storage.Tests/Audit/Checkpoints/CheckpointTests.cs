using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Storage.Audit.Checkpoints;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Tests.Audit.Ledger;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Audit.Checkpoints;

/// <summary>As <c>grid_audit_notary</c>: what may be signed, and how what was signed is kept.</summary>
public sealed class CheckpointTests
{
    private const string Records = "SELECT string_agg(encode(record, 'base64'), ',' ORDER BY leaf_index) FROM audit.audit_log WHERE tenant_id = 'acme'";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_log_that_only_grew_may_be_signed()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        await using var notary = NpgsqlDataSource.Create(log.Database.Audit(GridRole.AuditNotary));
        StoredCheckpoint? last = null;
        foreach (var entries in new[] { 1, 254, 1, 300, 7 })
        {
            await log.Store.AppendAsync(0, [.. Enumerable.Range(0, entries).Select(_ => log.Entry())], Ct);
            var head = (await LogHeads.NewestAsync(notary, "acme", ct: Ct))!;
            Assert.Null(await LogGrowth.ProblemAsync(new LedgerHashes(notary, "acme", 0), head, last, Ct));
            last = Of(head, log);
        }
    }

    [Theory]
    [InlineData("DELETE FROM audit.audit_log WHERE leaf_index >= 300; DELETE FROM audit.log_head WHERE size > 300", "cut off")]
    [InlineData("UPDATE audit.audit_log SET record = convert_to(replace(convert_from(record, 'UTF8'), 'LOGIN_FAILED', 'LOGIN'), 'UTF8') WHERE leaf_index = 305", "do not give the root")]
    [InlineData("UPDATE audit.tile SET hashes = overlay(hashes PLACING sha256('x') FROM 33), root = sha256('x')", "do not give the root")]
    [InlineData("UPDATE audit.log_head SET root = sha256('x') WHERE size = 310", "do not give the root")]
    [InlineData("DELETE FROM audit.audit_log WHERE leaf_index = 305", "lacks leaves")]
    public async Task A_log_that_was_changed_may_not(string change, string problem)
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        await using var notary = NpgsqlDataSource.Create(log.Database.Audit(GridRole.AuditNotary));
        await log.Store.AppendAsync(0, [.. Enumerable.Range(0, 300).Select(_ => log.Entry())], Ct);
        await log.Store.AppendAsync(0, [.. Enumerable.Range(0, 10).Select(_ => log.Entry())], Ct);
        var last = Of((await LogHeads.NewestAsync(notary, "acme", ct: Ct))!, log);

        await log.ScalarAsync(GridRole.Superuser, "SET session_replication_role = replica; " + change, Ct);

        Assert.Contains(problem, await LogGrowth.ProblemAsync(new LedgerHashes(notary, "acme", 0), (await LogHeads.NewestAsync(notary, "acme", ct: Ct))!, last, Ct));
    }

    [Fact]
    public async Task A_log_that_was_forked_with_all_its_hashes_may_not()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        await using var notary = NpgsqlDataSource.Create(log.Database.Audit(GridRole.AuditNotary));
        await log.Store.AppendAsync(0, [log.Entry(), log.Entry(), log.Entry()], Ct);
        var last = Of((await LogHeads.NewestAsync(notary, "acme", ct: Ct))!, log);

        // Whoever has the database rewrites a record, and what follows from it.
        await log.ScalarAsync(GridRole.Superuser, """
            SET session_replication_role = replica;
            UPDATE audit.audit_log SET record = convert_to(replace(convert_from(record, 'UTF8'), 'LOGIN_FAILED', 'LOGIN'), 'UTF8'), action = 'LOGIN' WHERE leaf_index = 1;
            DELETE FROM audit.log_head;
            """, Ct);
        byte[][] records = [.. ((string)(await log.ScalarAsync(GridRole.Superuser, Records, Ct))!).Split(',').Select(Convert.FromBase64String)];
        var frontier = (byte[])[.. NaiveTree.Root(records[..2]), .. NaiveTree.Root(records[2..])];
        await log.ScalarAsync(GridRole.Superuser,
            $"INSERT INTO audit.log_head (tenant_id, epoch, prev_size, size, root, frontier, created_at) VALUES ('acme', 0, 0, 3, '\\x{Convert.ToHexString(NaiveTree.Root(records))}', '\\x{Convert.ToHexString(frontier)}', now())", Ct);
        await log.NewStore().AppendAsync(0, [log.Entry()], Ct); // the writer knows no better

        var hashes = new LedgerHashes(notary, "acme", 0);
        var head = (await LogHeads.NewestAsync(notary, "acme", ct: Ct))!;
        Assert.Equal(4, head.Size);
        Assert.Null(await LogGrowth.ProblemAsync(hashes, head, null, Ct)); // in itself it is sound
        Assert.Contains("forked", await LogGrowth.ProblemAsync(hashes, head, last, Ct));
    }

    [Fact]
    public async Task Of_one_size_there_is_one_checkpoint_whoever_comes_second_gets_the_first()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        await using var notary = NpgsqlDataSource.Create(log.Database.Audit(GridRole.AuditNotary));
        var store = new CheckpointStore(notary);
        await log.Store.AppendAsync(0, [log.Entry()], Ct);
        var head = (await LogHeads.NewestAsync(notary, "acme", ct: Ct))!;

        var kept = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => store.KeepAsync(Of(head, log) with { Note = $"note {n}" }, Ct)));

        var note = Assert.Single(kept.Select(checkpoint => checkpoint.Note).Distinct());
        Assert.Equal(note, (await new CheckpointStore(log.Auditor).NewestAsync("acme", 0, Ct))!.Note);
        Assert.Null(await new CheckpointStore(log.Auditor).NewestAsync("globex", 0, Ct));
        Assert.Null(await store.FindAsync("acme", 0, 2, Ct));
    }

    [Fact]
    public async Task A_log_is_due_when_it_is_of_another_size_than_its_checkpoint_of_an_hour_ago()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        await using var notary = NpgsqlDataSource.Create(log.Database.Audit(GridRole.AuditNotary));
        var store = new CheckpointStore(notary);
        Assert.Empty(await store.DueAsync(log.Time.GetUtcNow(), Ct));
        await log.Store.AppendAsync(0, [log.Entry(), log.Entry("globex"), log.Entry("initech")], Ct);
        Assert.Equal(["acme", "globex", "initech"], await store.DueAsync(log.Time.GetUtcNow() - TimeSpan.FromHours(1), Ct)); // never signed for

        foreach (var tenant in new[] { "acme", "globex", "initech" }) await store.KeepAsync(Of((await LogHeads.NewestAsync(notary, tenant, ct: Ct))!, log), Ct);
        await log.Store.AppendAsync(0, [log.Entry("globex")], Ct);
        await log.ScalarAsync(GridRole.Superuser, "SET session_replication_role = replica; UPDATE audit.checkpoint SET size = 5 WHERE tenant_id = 'initech'", Ct);
        Assert.Empty(await store.DueAsync(log.Time.GetUtcNow() - TimeSpan.FromHours(1), Ct));
        log.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["globex", "initech"], await store.DueAsync(log.Time.GetUtcNow() - TimeSpan.FromHours(1), Ct)); // grown; and shorter than it was
        await log.ScalarAsync(GridRole.Superuser, "SET session_replication_role = replica; DELETE FROM audit.log_head WHERE tenant_id = 'initech'", Ct);
        Assert.Equal(["globex", "initech"], await store.DueAsync(log.Time.GetUtcNow() - TimeSpan.FromHours(1), Ct)); // and gone altogether

        await log.ScalarAsync(GridRole.AuditWriter, "INSERT INTO audit.epoch VALUES ('acme', 1, 'o/acme/1', 'note', now())", Ct);
        await log.Store.AppendAsync(0, [log.Entry()], Ct);
        Assert.Equal(["acme", "globex", "initech"], await store.DueAsync(log.Time.GetUtcNow() - TimeSpan.FromHours(1), Ct)); // its new log has none yet
    }

    private static StoredCheckpoint Of(LogHead head, AuditLog log) =>
        new(head.Tenant, head.Epoch, head.Size, head.Root, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(head.Root.ToString()))), log.Time.GetUtcNow());
}
