using ComplianceGrid.Storage.Retention;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Retention;

public sealed class ExpiredRowsTests
{
    // In each queue event n came in on day n and was closed at once; of ten one stays open.
    private const string Log = """
        INSERT INTO grid.event_log (queue, position, event_id, namespace, stream_key, tenant_id, body, appended_at, closed_at)
        SELECT q, n, q || '-' || n, 'compliance', 'acme/x', 'acme', '', at, CASE WHEN n % 10 <> 3 THEN at END
          FROM generate_series(0, 7) q, generate_series(1, 50) n, LATERAL (SELECT timestamptz '2026-03-01' + make_interval(days => n) AS at) a
        """;

    // Event n came in on day n; all states in turn.
    private const string Inbox = """
        INSERT INTO grid.webhook_inbox (connection_id, event_id, tenant_id, event_type, object_kind, object_id, body_hash, payload, received_at, state,
                                        next_attempt_at, closed_at)
        SELECT 'conn', 'evt_' || n, 'acme', 'report.completed', 'report', 'rep', '', '', at, n % 5, at, CASE WHEN n % 5 <> 0 THEN at END
          FROM generate_series(1, 50) n, LATERAL (SELECT timestamptz '2026-03-01' + make_interval(days => n) AS at) a
        """;

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3)]
    [InlineData(5000)]
    public async Task Of_the_log_goes_what_was_closed_before_and_open_events_stay_however_old(int batch)
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        await Db.ExecuteAsync(db.Grid(GridRole.Superuser), Log);
        await using var sweeper = NpgsqlDataSource.Create(db.Grid(GridRole.Sweeper));
        var rows = new ExpiredRows(sweeper, batch);

        Assert.Equal(8 * (20 - 2), await SumAsync(rows.RemoveEventsAsync(Start.AddDays(21), Ct))); // 1 to 20 but 3 and 13
        Assert.Equal(0, await SumAsync(rows.RemoveEventsAsync(Start.AddDays(21), Ct)));
        Assert.Equal("3 13 21 22", await Db.ScalarAsync<string>(db.Grid(GridRole.Superuser),
            "SELECT string_agg(position::text, ' ' ORDER BY position) FROM grid.event_log WHERE queue = 5 AND position <= 22"));

        // An event that stayed open for long counts from when it was closed at last.
        await Db.ExecuteAsync(db.Grid(GridRole.Superuser), "UPDATE grid.event_log SET closed_at = timestamptz '2026-03-31' WHERE position = 3");
        Assert.Equal(0, await SumAsync(rows.RemoveEventsAsync(Start.AddDays(21), Ct)));
        Assert.Equal(8 * 10, await SumAsync(rows.RemoveEventsAsync(Start.AddDays(30.5), Ct))); // 21 to 30 but 23, and now 3
        Assert.Equal(8 * 4L, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.event_log WHERE closed_at IS NULL"));
    }

    [Fact]
    public async Task Of_the_inbox_goes_what_was_done_or_ignored_and_what_is_open_or_parked_stays()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        await Db.ExecuteAsync(db.Grid(GridRole.Superuser), Inbox);
        await using var sweeper = NpgsqlDataSource.Create(db.Grid(GridRole.Sweeper));
        var rows = new ExpiredRows(sweeper, batch: 4);

        Assert.Equal(16, await SumAsync(rows.RemoveWebhooksAsync(Start.AddDays(41), Ct))); // states 1 and 2 of the days 1 to 40
        Assert.Equal(0, await SumAsync(rows.RemoveWebhooksAsync(Start.AddDays(41), Ct)));
        Assert.Equal("0:10 1:2 2:2 3:10 4:10", await Db.ScalarAsync<string>(db.Grid(GridRole.Superuser),
            "SELECT string_agg(state || ':' || n, ' ' ORDER BY state) FROM (SELECT state, count(*) AS n FROM grid.webhook_inbox GROUP BY state) s"));
    }

    [Fact]
    public async Task Conflicts_go_by_age_and_parked_events_only_once_they_are_replayed()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        await Db.ExecuteAsync(db.Grid(GridRole.Superuser), """
            INSERT INTO grid.webhook_conflict (connection_id, event_id, body_hash, tenant_id, payload, received_at)
            SELECT 'conn', 'evt_' || n, '', 'acme', '', timestamptz '2026-03-01' + make_interval(days => n) FROM generate_series(1, 20) n;
            INSERT INTO grid.parked_event (id, event_id, namespace, stream_key, tenant_id, body, attempts, reason, parked_at, replayed_at)
            SELECT gen_random_uuid(), 'e' || n, 'compliance', 'acme/x', 'acme', '', 5, 'because', timestamptz '2026-01-01',
                   CASE WHEN n % 2 = 0 THEN timestamptz '2026-03-01' + make_interval(days => n) END
              FROM generate_series(1, 20) n
            """);
        await using var sweeper = NpgsqlDataSource.Create(db.Grid(GridRole.Sweeper));
        var rows = new ExpiredRows(sweeper, batch: 3);

        Assert.Equal(9, await SumAsync(rows.RemoveConflictsAsync(Start.AddDays(10), Ct)));
        Assert.Equal(11L, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.webhook_conflict"));
        Assert.Equal(4, await SumAsync(rows.RemoveReplayedAsync(Start.AddDays(10), Ct)));
        Assert.Equal(10L, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.parked_event WHERE replayed_at IS NULL"));
        Assert.Equal(16L, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.parked_event"));
    }

    [Fact]
    public async Task Killed_between_two_batches_it_has_removed_whole_batches_and_the_next_run_ends_the_work()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        await Db.ExecuteAsync(db.Grid(GridRole.Superuser), Inbox);
        await Db.ExecuteAsync(db.Grid(GridRole.Superuser), "UPDATE grid.webhook_inbox SET state = 1, closed_at = received_at");
        await using var sweeper = NpgsqlDataSource.Create(db.Grid(GridRole.Sweeper));
        var rows = new ExpiredRows(sweeper, batch: 10);
        await using (var holder = new NpgsqlConnection(db.Grid(GridRole.Superuser)))
        {
            await holder.OpenAsync(Ct);
            await using var transaction = await holder.BeginTransactionAsync(Ct);
            await using (var hold = new NpgsqlCommand("SELECT FROM grid.webhook_inbox WHERE event_id = 'evt_15' FOR UPDATE", holder)) await hold.ExecuteNonQueryAsync(Ct);

            var run = SumAsync(rows.RemoveWebhooksAsync(Start.AddDays(60), Ct)); // the second batch waits for the held row
            await KillWaitingAsync(db, run);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => run);
        }

        Assert.Equal("40 11", await Db.ScalarAsync<string>(db.Grid(GridRole.Superuser), "SELECT count(*) || ' ' || min(id) FROM grid.webhook_inbox"));
        var runs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => SumAsync(rows.RemoveWebhooksAsync(Start.AddDays(60), Ct)))); // two at once are harmless too
        Assert.Equal(40, runs.Sum());
        Assert.Equal(0L, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.webhook_inbox"));
    }

    [Fact]
    public async Task The_database_lets_nobody_remove_more()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        foreach (var role in new[] { GridRole.Silo, GridRole.Sweeper, GridRole.Gateway, GridRole.Api })
        {
            foreach (var table in new[] { "event_log", "webhook_inbox", "webhook_conflict", "parked_event" })
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RefusedAsync(db, role, $"DELETE FROM grid.{table}"));
            if (role == GridRole.Sweeper) continue;
            foreach (var call in new[] { "closed_events(0, '2026-01-01', 1, 0)", "done_webhooks(0, '2026-01-01', 1)", "webhook_conflicts(0, '2026-01-01', 1)", "replayed_events(0, '2026-01-01', 1)" })
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RefusedAsync(db, role, $"SELECT * FROM grid.remove_{call}"));
        }

        foreach (var (after, batch) in new[] { ("now() - interval '23 hours'", "1"), ("NULL", "1"), ("'2026-01-01'", "5001"), ("'2026-01-01'", "0"), ("'2026-01-01'", "NULL") })
        {
            foreach (var call in new[] { $"closed_events(0, {after}, {batch}, 0)", $"done_webhooks(0, {after}, {batch})", $"webhook_conflicts(0, {after}, {batch})", $"replayed_events(0, {after}, {batch})" })
                Assert.Equal(PostgresErrorCodes.InvalidParameterValue, await RefusedAsync(db, GridRole.Sweeper, $"SELECT * FROM grid.remove_{call}"));
        }
    }

    private static async Task<string> RefusedAsync(GridDatabase db, GridRole role, string sql) =>
        (await Assert.ThrowsAsync<PostgresException>(() => Db.ExecuteAsync(db.Grid(role), sql))).SqlState;

    private static async Task KillWaitingAsync(GridDatabase db, Task run)
    {
        const string kill = """
            SELECT count(pg_terminate_backend(pid, 30000)) FROM pg_stat_activity
             WHERE usename = 'grid_sweeper' AND wait_event_type = 'Lock' AND datname = current_database()
            """;
        await Eventually.TrueAsync(async () =>
        {
            Assert.False(run.IsCompleted, "It did not wait for the row that is held.");
            return await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), kill) > 0;
        }, "it waits for the row that is held", Ct);
    }

    private static async Task<long> SumAsync(IAsyncEnumerable<int> batches)
    {
        var sum = 0L;
        await foreach (var removed in batches) sum += removed;
        return sum;
    }
}
