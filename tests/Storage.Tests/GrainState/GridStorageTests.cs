using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.TestKit;
using Orleans.Storage;

namespace ComplianceGrid.Storage.Tests.GrainState;

public sealed class GridStorageTests
{
    [Fact]
    public async Task What_is_written_is_read_and_cleared()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        var state = await host.ReadAsync("acme/one");
        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);

        state.State.Value = "first";
        await host.WriteAsync("acme/one", state);
        state.State.Value = "second";
        await host.WriteAsync("acme/one", state);

        var read = await host.ReadAsync("acme/one");
        Assert.Equal(("second", "2", true), (read.State.Value, read.ETag, read.RecordExists));

        await host.Storage.ClearStateAsync("test", GrainId.Create("test", "acme/one"), read);
        Assert.Equal(("", null, false), (read.State.Value, read.ETag, read.RecordExists));
        Assert.False((await host.ReadAsync("acme/one")).RecordExists);
        await Assert.ThrowsAsync<InconsistentStateException>(() => host.WriteAsync("acme/one", state)); // its version is gone
    }

    [Fact]
    public async Task Nothing_of_the_state_is_in_the_row_in_clear()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        await host.WriteAsync("acme/one", new() { State = new() { Value = "078-05-1120" } });

        var found = await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser),
            "SELECT count(*) FROM grid.grain_state WHERE position('078-05-1120'::bytea IN payload) > 0 OR grain_state::text LIKE '%078-05-1120%'");
        Assert.Equal(0, found);
        Assert.Equal(1, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.grain_state"));
    }

    [Fact]
    public async Task Of_racing_first_writes_one_stands_and_the_others_know()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var one = StorageHost.Start(db);
        await using var other = StorageHost.Start(db, one.KeyFile);
        for (var round = 0; round < 20; round++)
        {
            var key = $"acme/{round}";
            var writes = Enumerable.Range(0, 8).Select(n => WriteAsync(n % 2 == 0 ? one : other, key, $"writer {n}")).ToArray();
            var outcomes = await Task.WhenAll(writes);
            var winner = Assert.Single(outcomes, outcome => outcome is not null);
            Assert.Equal(winner, (await one.ReadAsync(key)).State.Value);
        }

        static async Task<string?> WriteAsync(StorageHost host, string key, string value)
        {
            try
            {
                await host.WriteAsync(key, new() { State = new() { Value = value } });
                return value;
            }
            catch (InconsistentStateException)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task A_conflict_inside_a_group_hits_only_its_own_row()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        foreach (var key in new[] { "acme/a", "acme/b", "beta/c" }) await host.WriteAsync(key, new());

        List<StateWrite> group =
        [
            await host.SealAsync("acme/a", 1),
            await host.SealAsync("acme/b", 7, new() { Outbox = [Sample.Message(Sample.Key("acme", 1), "loser")] }), // stale
            await host.SealAsync("beta/c", 1),
            await host.SealAsync("beta/c", 1), // a second activation, in the same group
            await host.SealAsync("acme/b", 0), // believes that there is none yet
            await host.SealAsync("acme/new", 0),
            await host.SealAsync("acme/gone", 3), // believes that there is one
        ];
        await host.Committer().CommitAsync(group);

        bool[] stands = [.. group.Select(write => write.Done.IsCompletedSuccessfully)];
        Assert.Equal([true, false, true, false, false, true, false], stands);
        foreach (var refused in group.Where(write => write.Done.IsFaulted))
            Assert.IsType<InconsistentStateException>(refused.Done.Exception!.InnerException);
        Assert.Equal("2", (await host.ReadAsync("acme/a")).ETag);
        Assert.Equal("1", (await host.ReadAsync("acme/b")).ETag);
        Assert.False((await host.ReadAsync("acme/gone")).RecordExists);
        Assert.Equal(0, await Db.ScalarAsync<long>(db.Grid(GridRole.Silo), "SELECT count(*) FROM grid.outbox")); // a loser tells nothing
    }

    [Fact]
    public async Task A_poisoned_row_fails_alone()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        List<StateWrite> group = [];
        for (var n = 0; n < 40; n++)
        {
            var key = Sample.Key(n % 2 == 0 ? "acme" : "beta", n);
            // PostgreSQL takes no NUL in a text: refused by the server, not by the client.
            var row = Sample.Employee(key, n == 17 ? "a\0b" : null);
            group.Add(await host.SealAsync(key.ToString(), 0, new() { Projection = row, Events = [Sample.Event(key, $"e{n}")] }));
        }

        await host.Committer().CommitAsync(group);

        var failed = Assert.Single(group, write => write.Done.IsFaulted);
        Assert.Same(group[17], failed);
        Assert.Equal(GridError.Fault, Assert.IsType<GridException>(failed.Done.Exception!.InnerException).Error);
        Assert.Equal(39, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.grain_state"));
        Assert.Equal(39, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.employee"));
        Assert.Equal(39, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.event_log"));
    }

    [Fact]
    public async Task An_employee_number_that_is_taken_is_refused_as_such()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        EmployeeWrites employees = new(host);
        await employees.WriteAsync(Sample.Key("acme", 1), key => Sample.Employee(key, "007"));
        await employees.WriteAsync(Sample.Key("beta", 2), key => Sample.Employee(key, "007")); // another tenant's own number

        var refusal = await Assert.ThrowsAsync<GridException>(() => employees.WriteAsync(Sample.Key("acme", 3), key => Sample.Employee(key, "007")));
        Assert.Equal(GridError.AlreadyExists, refusal.Error);
        Assert.False((await host.ReadAsync(Sample.Key("acme", 3).ToString())).RecordExists);
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_inconsistent_and_stands()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        await host.WriteAsync("acme/one", new()); // the tenant has its key
        await using var thief = new CommitThief(db.Grid(GridRole.Silo));
        await using var robbed = StorageHost.Start(db, host.KeyFile, options => options.ConnectionString = thief.ConnectionString);
        var state = await robbed.ReadAsync("acme/one");
        state.State.Value = "committed";

        await Assert.ThrowsAsync<InconsistentStateException>(() => robbed.WriteAsync("acme/one", state));

        Assert.True(thief.HasStolen);
        var truth = await robbed.ReadAsync("acme/one");
        Assert.Equal(("committed", "2"), (truth.State.Value, truth.ETag));
        await robbed.WriteAsync("acme/one", truth); // and the grain goes on
    }

    [Fact]
    public async Task A_session_killed_in_its_commit_is_inconsistent_and_nothing_stands()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        await host.WriteAsync("acme/one", new());
        await Db.ExecuteAsync(db.Grid(GridRole.Superuser), """
            CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
              $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON grid.grain_state DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.die();
            """);
        var state = await host.ReadAsync("acme/one");
        state.State.Value = "lost";

        await Assert.ThrowsAsync<InconsistentStateException>(() => host.WriteAsync("acme/one", state));

        var truth = await host.ReadAsync("acme/one");
        Assert.Equal(("", "1"), (truth.State.Value, truth.ETag));
    }

    [Fact]
    public async Task A_database_that_is_away_fails_writes_plainly_and_comes_back()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        await host.WriteAsync("acme/one", new());
        await using var dead = StorageHost.Start(db, host.KeyFile, options => options.ConnectionString =
            new Npgsql.NpgsqlConnectionStringBuilder(db.Grid(GridRole.Silo)) { Database = "no_such_database" }.ConnectionString);
        List<StateWrite> group = [await host.SealAsync("acme/one", 1)];
        await dead.Committer().CommitAsync(group);
        Assert.IsNotType<InconsistentStateException>(group[0].Done.Exception!.InnerException);

        // Neither does a read, which a caller in another process hears of, throw what that process cannot know.
        await using var away = StorageHost.Start(db, host.KeyFile, options => options.ConnectionString =
            new Npgsql.NpgsqlConnectionStringBuilder(db.Grid(GridRole.Silo)) { Host = "127.0.0.1", Port = 1 }.ConnectionString);
        Assert.Equal(GridError.Unavailable, (await Assert.ThrowsAsync<GridException>(() => away.ReadAsync("acme/one"))).Error);
        Assert.Equal(GridError.Unavailable, (await Assert.ThrowsAsync<GridException>(() => away.WriteAsync("acme/one", new()))).Error); // the tenant's key is read first

        // The session is gone between two writes: the first statement finds out, so nothing was committed.
        var state = await host.ReadAsync("acme/one");
        await Db.ExecuteAsync(db.Grid(GridRole.Superuser),
            "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE usename = 'grid_silo' AND datname = current_database()");
        var refusal = await Record.ExceptionAsync(() => host.WriteAsync("acme/one", state));
        Assert.True(refusal is null or GridException { Error: GridError.Unavailable }, refusal?.ToString());
        if (refusal is not null) await host.WriteAsync("acme/one", state);
        Assert.Equal("2", (await host.ReadAsync("acme/one")).ETag);
    }
}
