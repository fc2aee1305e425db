using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Audit.Ledger;

/// <summary>No lock keeps two writers of a shard apart, so they are brought together here: nothing forks, nothing doubles.</summary>
public sealed class LedgerRaceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_activations_that_know_the_same_head_cannot_fork_a_log()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        AuditStore[] activations = [log.NewStore(), log.NewStore()];
        foreach (var activation in activations) await activation.AppendAsync(0, [log.Entry(), log.Entry("globex")], Ct);

        // Each has the head of its own last append in mind, which the other has left behind.
        for (var turn = 0; turn < 6; turn++) await activations[turn % 2].AppendAsync(0, [log.Entry(), log.Entry("globex")], Ct);

        Assert.Equal(16, await StoredLog.VerifyAsync(log, Ct));
    }

    [Fact]
    public async Task Writers_of_one_shard_at_once_neither_fork_nor_double_nor_lose()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        string[] tenants = ["acme", "globex", "initech"];
        AuditEntry[] shared = [.. Enumerable.Range(0, 200).Select(n => log.Entry(tenants[n % 3]))];
        AuditEntry[][] own = [.. Enumerable.Range(0, 6).Select(w => Enumerable.Range(0, 100).Select(n => log.Entry(tenants[(n + w) % 3])).ToArray())];

        await Task.WhenAll(own.Select(mine => Task.Run(async () =>
        {
            var activation = log.NewStore();
            foreach (var part in mine.Zip(shared.Concat(shared)).Chunk(25))
                await RelayAsync(activation, [.. part.Select(p => p.First), .. part.Select(p => p.Second)]);
            await RelayAsync(activation, shared);
        }, Ct)));

        Assert.Equal(800, await StoredLog.VerifyAsync(log, Ct));
        Assert.Equal(800L, await log.ScalarAsync(GridRole.Superuser, "SELECT count(DISTINCT id) FROM audit.audit_log", Ct));
    }

    /// <summary>As a relay does: what was not written is sent again. Six writers at once may make one lose often.</summary>
    private static async Task RelayAsync(AuditStore activation, AuditEntry[] entries)
    {
        while (true)
        {
            try
            {
                await activation.AppendAsync(0, entries, Ct);
                return;
            }
            catch (LedgerConflictException)
            {
                await Task.Yield();
            }
        }
    }

    [Theory]
    [InlineData(Theft.Answer)]
    [InlineData(Theft.Commit)]
    public async Task A_connection_that_dies_at_the_commit_neither_doubles_nor_loses(Theft theft)
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        await using var thief = new CommitThief(log.WriterConnection, theft);
        await using var source = NpgsqlDataSource.Create(thief.ConnectionString);
        var store = log.NewStore(source);
        AuditEntry[] entries = [.. Enumerable.Range(0, 300).Select(n => log.Entry($"tenant-{n % 7}"))];

        var outcome = await store.AppendAsync(0, entries, Ct);

        Assert.True(thief.HasStolen);
        Assert.Equal(theft == Theft.Answer ? 0 : 300, outcome.Written); // what stands already is not written again
        Assert.Equal(300, await StoredLog.VerifyAsync(log, Ct));
        Assert.Equal(1, (await store.AppendAsync(0, [.. entries, log.Entry()], Ct)).Written);
        Assert.Equal(301, await StoredLog.VerifyAsync(log, Ct));
    }

    [Fact]
    public async Task A_backend_that_is_killed_in_a_batch_leaves_nothing_of_it()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        var store = log.NewStore();
        await store.AppendAsync(0, [log.Entry()], Ct);
        AuditEntry[] entries = [.. Enumerable.Range(0, 50).Select(_ => log.Entry())];

        // Held at the tree's door: this head's place is taken by a transaction that does not end yet.
        await using var rival = new NpgsqlConnection(log.WriterConnection);
        await rival.OpenAsync(Ct);
        await using var claim = await rival.BeginTransactionAsync(Ct);
        await using (var take = new NpgsqlCommand(
            "INSERT INTO audit.log_head SELECT tenant_id, epoch, size, size + 1, root, frontier, created_at FROM audit.log_head", rival, claim))
            await take.ExecuteNonQueryAsync(Ct);
        var append = store.AppendAsync(0, entries, Ct);
        await Eventually.TrueAsync(async () => await log.ScalarAsync(GridRole.Superuser, """
            SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'transactionid'
            """, Ct) is true, "the append waits for the rival, and is cut off", Ct);
        await Assert.ThrowsAsync<PostgresException>(() => append);
        await claim.RollbackAsync(Ct);

        Assert.Equal(1, await StoredLog.VerifyAsync(log, Ct));
        Assert.Equal(50, (await store.AppendAsync(0, entries, Ct)).Written);
        Assert.Equal(51, await StoredLog.VerifyAsync(log, Ct));
    }
}
