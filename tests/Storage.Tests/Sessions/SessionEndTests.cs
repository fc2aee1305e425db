using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Storage.Retention;
using ComplianceGrid.Storage.Sessions;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Sessions;

public sealed class SessionEndTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Numbers_are_dense_and_never_seen_out_of_order_while_two_silos_commit_at_once()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        await using var host = StorageHost.Start(db);
        await using var second = StorageHost.Start(db, host.KeyFile);
        StorageHost[] silos = [host, second];
        await using var api = NpgsqlDataSource.Create(db.Grid(GridRole.Api));
        var feed = new SessionEnds(api);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = ReadAsync(feed, begun, stop.Token);
        await begun.Task.WaitAsync(Ct);

        Guid[] sessions = [.. Enumerable.Range(1, 300).Select(n => new Guid(n, 0, 0, new byte[8]))];
        await Parallel.ForAsync(0, sessions.Length, new ParallelOptions { MaxDegreeOfParallelism = 20, CancellationToken = Ct },
            async (n, _) => await EndAsync(silos[n % 2], n % 3 == 0 ? "beta" : "acme", sessions[n]));
        var lost = new TestState { State = new() { Commit = new() { EndedSession = Guid.Empty } }, ETag = "7" };
        await Assert.ThrowsAnyAsync<Exception>(() => host.WriteAsync("acme/lost", lost)); // another version: nothing of it stands

        var rows = await feed.FromAsync(0, Ct);
        await stop.CancelAsync();
        Assert.Equal(Enumerable.Range(1, 300).Select(n => (long)n), rows.Select(row => row.Number));
        Assert.Equal(sessions.Order(), rows.Select(row => row.Session).Order());
        Assert.Equal(301L, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT next_number FROM grid.session_feed"));
        Assert.True(await reading > 0, "Nothing was read while the silos wrote.");
    }

    [Fact]
    public async Task Each_role_may_do_its_own_and_nothing_else()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        await using var host = StorageHost.Start(db);
        await EndAsync(host, "acme", new(1, 0, 0, new byte[8]));
        await EndAsync(host, "beta", new(2, 0, 0, new byte[8]));

        var silo = db.Grid(GridRole.Silo);
        const string insert = "INSERT INTO grid.session_end (number, tenant_id, session_id) VALUES (9, 'beta', gen_random_uuid())";
        await Db.ExecuteAsync(silo, insert, "beta");
        foreach (var act in new[] { insert, "SELECT FROM grid.session_end", "UPDATE grid.session_end SET ended_at = now()", "DELETE FROM grid.session_end", "DELETE FROM grid.session_feed" })
            await DeniedAsync(() => Db.ExecuteAsync(silo, act, "acme"));

        var api = db.Grid(GridRole.Api);
        Assert.Equal(3, await Db.ScalarAsync<long>(api, "SELECT count(*) FROM (SELECT number, session_id, ended_at FROM grid.session_end) e"));
        foreach (var act in new[] { "SELECT tenant_id FROM grid.session_end", "SELECT FROM grid.session_feed", "UPDATE grid.session_end SET number = 1", "DELETE FROM grid.session_end", insert, "SELECT * FROM grid.remove_session_ends(0, '2026-01-01', 1)" })
            await DeniedAsync(() => Db.ExecuteAsync(api, act, "beta"));
        foreach (var role in new[] { GridRole.Gateway, GridRole.Sweeper })
            await DeniedAsync(() => Db.ExecuteAsync(db.Grid(role), "SELECT number FROM grid.session_end"));
        await Assert.ThrowsAsync<PostgresException>(() => Db.ExecuteAsync(db.Grid(GridRole.Sweeper), "SELECT * FROM grid.remove_session_ends(0, now() - interval '23 hours', 9)"));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5000)]
    public async Task Of_the_old_rows_the_last_stays_and_no_gap_comes_to_be(int batch)
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        await Db.ExecuteAsync(db.Grid(GridRole.Superuser), """
            INSERT INTO grid.session_end (number, tenant_id, session_id, ended_at)
            SELECT n, 'acme', gen_random_uuid(), timestamptz '2026-03-01' + make_interval(days => CASE n WHEN 12 THEN 60 ELSE n END) FROM generate_series(1, 20) n
            """);
        await using var sweeper = NpgsqlDataSource.Create(db.Grid(GridRole.Sweeper));
        var removed = 0;
        await foreach (var n in new ExpiredRows(sweeper, batch).RemoveSessionEndsAsync(new(2026, 3, 16, 12, 0, 0, TimeSpan.Zero), Ct)) removed += n;
        Assert.Equal(10, removed); // up to the one whose clock was ahead
        Assert.Equal("11 20 10", await Db.ScalarAsync<string>(db.Grid(GridRole.Superuser), "SELECT min(number) || ' ' || max(number) || ' ' || count(*) FROM grid.session_end"));
    }

    private static Task EndAsync(StorageHost silo, string tenant, Guid session) =>
        silo.WriteAsync($"{tenant}/{session:D}", new TestState { State = new() { Value = "ended", Commit = new StateCommit { EndedSession = session } } });

    /// <returns>How often it saw more than before; throws when a number is missing between two that are there.</returns>
    private static async Task<int> ReadAsync(SessionEnds feed, TaskCompletionSource begun, CancellationToken stop)
    {
        var (seen, grown) = (0, 0);
        while (!stop.IsCancellationRequested)
        {
            var rows = await feed.FromAsync(0, Ct);
            Assert.Equal(Enumerable.Range(1, rows.Count).Select(n => (long)n), rows.Select(row => row.Number));
            begun.TrySetResult();
            if (rows.Count > seen) (seen, grown) = (rows.Count, grown + 1);
        }

        return grown;
    }

    private static async Task DeniedAsync(Func<Task> act) =>
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(act)).SqlState);
}
