using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.TestKit;
using CsCheck;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Audit.Ledger;

public sealed class LedgerWriterTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Each batch: so many entries of each of some tenants.
    private static readonly Gen<(int Tenant, int Entries)[][]> Batches =
        Gen.Select(Gen.Int[0, 5], Gen.Frequency((8, Gen.Int[1, 20]), (2, Gen.Int[200, 600]))).Array[1, 6].Array[1, 8];

    [Fact]
    public async Task Any_batches_of_any_tenants_make_true_logs() => await Batches.SampleAsync(async batches =>
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        using var writer = log.NewWriter(keptLogs: 3); // so that logs are forgotten and read again, tails included
        var total = 0;
        foreach (var batch in batches)
        {
            var entries = batch.SelectMany(part => Enumerable.Range(0, part.Entries).Select(_ => LedgerEntry.Of(log.Entry($"tenant-{part.Tenant}"), null))).ToList();
            Assert.Equal(entries.Count, (await writer.AppendAsync(entries, Ct)).Written);
            log.Time.Advance(TimeSpan.FromDays(5));
            total += entries.Count;
        }

        Assert.Equal(total, await StoredLog.VerifyAsync(log, Ct));
    }, iter: 12, threads: 1);

    [Fact]
    public async Task A_thousand_tenants_are_one_transaction()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        for (var batch = 0; batch < 2; batch++)
            await log.Store.AppendAsync(0, [.. Enumerable.Range(0, 3_000).Select(n => log.Entry($"tenant-{n % 1000}"))], Ct);

        const string transactions = "SELECT count(DISTINCT xmin::text) || ' ' || count(*) FROM audit.{0}";
        Assert.Equal("2 6000", await log.ScalarAsync(GridRole.Superuser, string.Format(null, transactions, "audit_log"), Ct));
        Assert.Equal("2 2000", await log.ScalarAsync(GridRole.Superuser, string.Format(null, transactions, "log_head"), Ct));
    }

    [Fact]
    public async Task Proofs_come_from_tiles_and_the_open_tail_at_every_level()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        const int size = 65_536 + 256 + 7; // a tile of level 1 is full
        foreach (var part in Enumerable.Range(0, size).Chunk(9_000)) await log.Store.AppendAsync(0, [.. part.Select(_ => log.Entry())], Ct);

        Assert.Equal(size, await StoredLog.VerifyAsync(log, Ct));
        var head = (await LogHeads.NewestAsync(log.Auditor, "acme", ct: Ct))!;
        var hashes = new LedgerHashes(log.Auditor, "acme", 0);
        Assert.Equal(head.Root, await Proofs.RootAsync(hashes, head.Size, Ct));
        foreach (var index in new long[] { 0, 255, 256, 32_767, 65_535, 65_536, 65_791, 65_792, size - 1 })
        {
            var record = (byte[])(await log.ScalarAsync(GridRole.Superuser, $"SELECT record FROM audit.audit_log WHERE leaf_index = {index}", Ct))!;
            var inclusion = await Proofs.InclusionAsync(hashes, index, size, Ct);
            Assert.True(ProofCheck.Inclusion(MerkleHash.Leaf(record), index, size, head.Root, inclusion.AsSpan()));

            var consistency = await Proofs.ConsistencyAsync(hashes, index + 1, size, Ct);
            var old = await Proofs.RootAsync(hashes, index + 1, Ct);
            Assert.True(ProofCheck.Consistency(index + 1, old, size, head.Root, consistency.AsSpan()));
        }

        foreach (var earlier in new long[] { 9_000, 63_000, 1, 255, 40_000, 65_535 }) // the first two are of heads, whose frontier is stored
        {
            var root = await Proofs.RootAsync(hashes, earlier, Ct);
            foreach (var index in new[] { 0, earlier / 2, earlier - 1 })
            {
                var record = (byte[])(await log.ScalarAsync(GridRole.Superuser, $"SELECT record FROM audit.audit_log WHERE leaf_index = {index}", Ct))!;
                var inclusion = await Proofs.InclusionAsync(hashes, index, earlier, Ct);
                Assert.True(ProofCheck.Inclusion(MerkleHash.Leaf(record), index, earlier, root, inclusion.AsSpan()));
            }
        }

        await Assert.ThrowsAsync<InvalidDataException>(async () => await Proofs.RootAsync(hashes, size + 1, Ct));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await Proofs.RootAsync(new LedgerHashes(log.Auditor, "globex", 0), 1, Ct));
    }

    [Fact]
    public async Task A_new_epoch_is_a_new_tree_even_for_a_writer_that_knew_the_old_one()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        await log.Store.AppendAsync(0, [log.Entry(), log.Entry(), log.Entry("globex")], Ct);
        await log.ScalarAsync(GridRole.AuditWriter, "INSERT INTO audit.epoch VALUES ('acme', 1, 'o/acme/1', 'note', now())", Ct);

        await log.Store.AppendAsync(0, [log.Entry(), log.Entry("globex")], Ct);

        Assert.Equal("acme/0/0 acme/0/1 acme/1/0 globex/0/0 globex/0/1", await log.ScalarAsync(GridRole.AuditWriter,
            "SELECT string_agg(concat_ws('/', tenant_id, epoch, leaf_index), ' ' ORDER BY tenant_id, epoch, leaf_index) FROM audit.audit_log", Ct));
        Assert.Equal(5, await StoredLog.VerifyAsync(log, Ct));
    }

    [Theory]
    [InlineData("size = 3")] // the tail
    [InlineData("size <= 3")] // all
    public async Task A_log_that_was_cut_under_a_running_writer_is_looked_at_anew(string cut)
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        await log.Store.AppendAsync(0, [log.Entry(), log.Entry()], Ct);
        await log.Store.AppendAsync(0, [log.Entry()], Ct);
        await log.ScalarAsync(GridRole.Superuser, $"""
            SET session_replication_role = replica;
            DELETE FROM audit.log_head WHERE {cut};
            DELETE FROM audit.audit_log WHERE leaf_index >= (SELECT coalesce(max(size), 0) FROM audit.log_head);
            """, Ct);
        var left = await log.CountAsync(Ct);

        await log.Store.AppendAsync(0, [log.Entry()], Ct);

        Assert.Equal(left + 1, await StoredLog.VerifyAsync(log, Ct)); // whether it may go on at all is the guard's question
    }

    [Fact]
    public async Task A_refused_log_takes_nothing_and_holds_up_no_other()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        var guard = new Guard { Refuses = "acme" };
        var store = log.NewStore(guard);
        AuditEntry[] entries = [log.Entry(), log.Entry("globex")];

        var outcome = await store.AppendAsync(0, entries, Ct);
        Assert.Equal((1, "acme"), (outcome.Written, Assert.Single(outcome.RefusedTenants)));
        outcome = await store.AppendAsync(0, [entries[0]], Ct);
        Assert.Equal((0, "acme"), (outcome.Written, Assert.Single(outcome.RefusedTenants)));

        guard.Refuses = null; // as after a new epoch: asked again, it takes what waited
        outcome = await store.AppendAsync(0, entries, Ct);
        Assert.Equal((1, 0), (outcome.Written, outcome.RefusedTenants.Length));
        Assert.Equal(2, await StoredLog.VerifyAsync(log, Ct));
    }

    [Fact]
    public async Task What_is_no_month_of_the_log_is_refused()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        log.Time.Advance(TimeSpan.FromDays(1000)); // a clock that has gone mad makes no partitions
        await Assert.ThrowsAsync<PostgresException>(() => log.Store.AppendAsync(0, [log.Entry()], Ct));
        log.Time.AdjustTime(TimeProvider.System.GetUtcNow());
        Assert.Equal(1, (await log.Store.AppendAsync(0, [log.Entry()], Ct)).Written);
    }

    private sealed class Guard : ILogGuard
    {
        public string? Refuses { get; set; }

        public ValueTask<string?> RefusalAsync(LogHead head, CancellationToken ct) => new(head.Tenant == Refuses ? "shorter than its checkpoint" : null);
    }
}
