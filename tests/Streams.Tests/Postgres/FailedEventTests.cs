using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Events.Reader;
using ComplianceGrid.Storage.Parking;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Streams.Tests.Postgres;

public sealed class FailedEventTests
{
    private static readonly string Key = TestEvents.Employee(1);
    private static readonly int Queue = EventQueues.Of(Key);

    [Fact]
    public async Task A_failed_event_is_republished_behind_the_others_until_its_attempts_are_used_up_then_parked_then_replayed()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var db = await GridDatabase.CreateAsync(ct);
        await using var database = NpgsqlDataSource.Create(db.Grid(GridRole.Silo));
        await using var reader = new EventLogReader(database);
        var (failed, parked) = (new FailedEvents(database, TimeProvider.System), new ParkedEvents(database, TimeProvider.System));
        await TestEvents.AppendAsync(db.Grid(GridRole.Silo), [TestEvents.Of(Key, "s", 1), TestEvents.Of(Key, "s", 2)], ct);

        Assert.Equal(FailedEventOutcome.Republished, await failed.SettleAsync(Queue, 1, 2, "first", ct));
        Assert.Equal(FailedEventOutcome.AlreadyClosed, await failed.SettleAsync(Queue, 1, 2, "first again", ct));
        var open = await reader.ReadOpenAsync(Queue, 0, 10, ct);
        Assert.Equal([(2L, 1), (3L, 2)], open.Select(row => (row.Position, row.Attempt)));

        Assert.Equal(FailedEventOutcome.Parked, await failed.SettleAsync(Queue, 3, 2, "second", ct));
        var listed = Assert.Single(await parked.ListAsync(null, null, 10, ct));
        Assert.Equal(("s#1", 2, "second"), (listed.EventId, listed.Attempts, listed.Reason));
        Assert.Empty(await parked.ListAsync(null, listed.Id, 10, ct));

        Assert.True(await parked.ReplayAsync(listed.Id, "operator:test", ct));
        Assert.False(await parked.ReplayAsync(listed.Id, "operator:test", ct));
        Assert.Empty(await parked.ListAsync(null, null, 10, ct));
        open = await reader.ReadOpenAsync(Queue, 3, 10, ct);
        Assert.Equal([(4L, 1)], open.Select(row => (row.Position, row.Attempt)));
        Assert.Equal(1, CloudEventJson.Read(open[0].Body).Data.SourceVersion);
    }

    [Fact]
    public async Task Settled_by_many_at_once_it_exists_once()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var db = await GridDatabase.CreateAsync(ct);
        await using var database = NpgsqlDataSource.Create(db.Grid(GridRole.Silo));
        var failed = new FailedEvents(database, TimeProvider.System);
        await TestEvents.AppendAsync(db.Grid(GridRole.Silo), [TestEvents.Of(Key, "s", 1)], ct);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => failed.SettleAsync(Queue, 1, 5, "race", ct)));

        Assert.Equal(1, outcomes.Count(outcome => outcome == FailedEventOutcome.Republished));
        Assert.Equal(9, outcomes.Count(outcome => outcome == FailedEventOutcome.AlreadyClosed));
        await using var reader = new EventLogReader(database);
        Assert.Single(await reader.ReadOpenAsync(Queue, 0, 10, ct));
    }
}
