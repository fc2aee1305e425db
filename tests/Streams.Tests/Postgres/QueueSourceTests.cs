using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Events.Reader;
using ComplianceGrid.Storage.Parking;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ComplianceGrid.Streams.Tests.Postgres;

public sealed class QueueSourceTests
{
    [Fact]
    public async Task A_hint_ends_the_wait_of_a_read_at_once()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var db = await GridDatabase.CreateAsync(ct);
        await using var database = NpgsqlDataSource.Create(db.Grid(GridRole.Silo));
        // Without a hint the read would wait ten minutes.
        await using var receiver = new TestReceiver(db.Grid(GridRole.Silo), options => options.HintWait = TimeSpan.FromMinutes(10));
        var heard = new TaskCompletionSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var listening = new EventHintListener(database, own: null).ListenAsync(heard.SetResult, receiver.Hints.Raise, stop.Token);
        await heard.Task;
        var queue = EventQueues.Of(TestEvents.Employee(1));
        Assert.Empty(await receiver.ReadAsync(queue, 10, ct)); // the first one looks at once
        var read = receiver.ReadAsync(queue, 10, ct);
        Assert.False(read.IsCompleted);
        await TestEvents.AppendAsync(db.Grid(GridRole.Silo), [TestEvents.Of(TestEvents.Employee(1), "s", 1)], ct);

        Assert.False(read.IsCompleted);
        await NotifyAsync(database, queue, ct);
        Assert.Single(await read);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening);
    }

    [Fact]
    public async Task A_process_hears_what_it_appended_at_once_and_what_others_did_from_the_database()
    {
        const int Last = EventQueues.Count; // no event's
        var ct = TestContext.Current.CancellationToken;
        await using var db = await GridDatabase.CreateAsync(ct);
        await using var database = NpgsqlDataSource.Create(db.Grid(GridRole.Silo));
        await using EventHints own = new(database, NullLogger<EventHints>.Instance), others = new(database, NullLogger<EventHints>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        List<int> grown = [];
        var (ready, heard, last) = (new TaskCompletionSource(), new List<int>(), new TaskCompletionSource());
        own.Grown += grown.Add;
        var listening = new EventHintListener(database, own).ListenAsync(ready.SetResult, queue =>
        {
            heard.Add(queue);
            if (queue == Last) last.SetResult();
        }, stop.Token);
        await ready.Task;

        EventLogEntry[] entries = [.. Enumerable.Range(1, 3).Select(n => EventLogEntry.Of(TestEvents.Of(TestEvents.Employee(n), "s", 1)))];
        own.Signal(entries);
        Assert.Equal(entries.Select(entry => entry.Queue).Distinct(), grown);
        await own.DisposeAsync(); // it has told the others
        others.Signal(entries[..1]);
        await others.DisposeAsync();
        await NotifyAsync(database, Last, ct); // one of a version that does not say whose it is

        await last.Task.WaitAsync(Eventually.Patience, ct);
        Assert.Equal([entries[0].Queue, Last], heard);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening);
    }

    [Fact]
    public async Task A_body_that_is_no_event_is_parked_with_its_reason_and_its_neighbours_pass()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var db = await GridDatabase.CreateAsync(ct);
        await using var database = NpgsqlDataSource.Create(db.Grid(GridRole.Silo));
        var key = TestEvents.Employee(1);
        await TestEvents.AppendAsync(db.Grid(GridRole.Silo), [TestEvents.Of(key, "s", 1), TestEvents.Of(key, "s", 2), TestEvents.Of(key, "s", 3)], ct);
        await using (var spoil = database.CreateCommand("UPDATE grid.event_log SET body = '{\"id\":' WHERE event_id = 's#2'"))
            Assert.Equal(1, await spoil.ExecuteNonQueryAsync(ct));
        await using var receiver = new TestReceiver(db.Grid(GridRole.Silo));

        var events = await receiver.ReadAsync(EventQueues.Of(key), 10, ct);

        Assert.Equal([1, 3], events.Select(e => e.Event.Data.SourceVersion));
        var parked = Assert.Single(await new ParkedEvents(database, TimeProvider.System).ListAsync(null, null, 10, ct));
        Assert.Equal(("s#2", "compliance " + key, "acme"), (parked.EventId, parked.Subject, parked.Tenant));
        Assert.Contains("JsonException", parked.Reason, StringComparison.Ordinal);
    }

    private static async Task NotifyAsync(NpgsqlDataSource database, int queue, CancellationToken ct)
    {
        await using var command = database.CreateCommand("SELECT pg_notify('grid_events', $1)");
        command.Parameters.Add(new() { Value = $"{queue}" });
        await command.ExecuteNonQueryAsync(ct);
    }
}
