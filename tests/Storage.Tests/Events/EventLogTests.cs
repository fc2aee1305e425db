using ComplianceGrid.Storage.Events;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Events;

public sealed class EventLogTests
{
    [Fact]
    public async Task Positions_are_dense_and_ordered_under_concurrent_appends_rollbacks_and_kills()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        var committed = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => WriteAsync(db, n)));

        var gaps = await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), """
            SELECT count(*) FROM (SELECT position, row_number() OVER (PARTITION BY queue ORDER BY position) AS n FROM grid.event_log) p
             WHERE position <> n
            """);
        Assert.Equal(0, gaps);
        Assert.Equal(0, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), """
            SELECT count(*) FROM grid.event_queue q
             WHERE next_position <> 1 + (SELECT count(*) FROM grid.event_log l WHERE l.queue = q.queue)
            """));
        Assert.Equal(committed.Sum(), await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.event_log"));
        // Each writer's events of one key stand in the order of their commits.
        Assert.Equal(0, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), """
            SELECT count(*) FROM (SELECT split_part(event_id, '-', 2)::int AS n,
                                         lag(split_part(event_id, '-', 2)::int) OVER (PARTITION BY stream_key, split_part(event_id, '-', 1) ORDER BY position) AS before
                                    FROM grid.event_log) o
             WHERE before >= n
            """));
    }

    private static async Task<int> WriteAsync(GridDatabase db, int writer)
    {
        var random = new Random(writer);
        await using var source = NpgsqlDataSource.Create(db.Grid(writer % 2 == 0 ? GridRole.Silo : GridRole.Gateway));
        var committed = 0;
        for (var (round, n) = (0, 0); round < 60; round++)
        {
            EventLogEntry[] entries = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ =>
                EventLogEntry.Of(Sample.Event(Sample.Key("acme", random.Next(20)), $"{writer}-{n++}")))];
            await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await EventLog.AppendAsync(connection, transaction, entries, TestContext.Current.CancellationToken);
            switch (random.Next(6))
            {
                case 0:
                    await transaction.RollbackAsync(TestContext.Current.CancellationToken);
                    break;
                case 1:
                    await Db.ExecuteAsync(db.Grid(GridRole.Superuser), $"SELECT pg_terminate_backend({connection.ProcessID}, 30000)");
                    await Assert.ThrowsAnyAsync<Exception>(() => transaction.CommitAsync(TestContext.Current.CancellationToken));
                    break;
                default:
                    await transaction.CommitAsync(TestContext.Current.CancellationToken);
                    committed += entries.Length;
                    break;
            }
        }

        return committed;
    }

    [Fact]
    public async Task A_write_that_brings_events_hints_at_their_queue_after_its_commit()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        await using var listener = new NpgsqlConnection(db.Grid(GridRole.Silo));
        await listener.OpenAsync(TestContext.Current.CancellationToken);
        await using (var listen = new NpgsqlCommand("LISTEN grid_events", listener)) await listen.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var payload = new TaskCompletionSource<string>();
        listener.Notification += (_, e) => payload.TrySetResult(e.Payload);

        var key = Sample.Key("acme", 1);
        await new GrainState.EmployeeWrites(host).WriteAsync(key, k => Sample.Employee(k), commit => commit with { Events = [Sample.Event(key, "e")] });

        Assert.True(await listener.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken));
        Assert.Equal($"{EventQueues.Of(key.ToString())}/{host.Get<EventHints>().Origin}", await payload.Task);
    }
}
