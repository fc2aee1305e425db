using System.Security.Cryptography;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Streams.Tests.Postgres;

/// <summary>The event log as a queue, under writers that fail in every way that a writer can.</summary>
public sealed class EventLogOrderTests
{
    /// <summary>
    /// A transaction that writes in another database, and one in this database, stay open for the whole of the test: that they
    /// delay nothing shows in that it ends at all, while they are open.
    /// </summary>
    [Fact]
    public async Task Positions_have_no_gap_and_every_committed_event_arrives_in_its_writers_order()
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue - 100);
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        await using var db = await GridDatabase.CreateAsync(ct);
        await using var elsewhere = await OpenTransaction.BeginAsync(db.Audit(GridRole.AuditOwner), ct);
        await using var here = await OpenTransaction.BeginAsync(db.Grid(GridRole.Owner), ct);
        var writers = new EventWriters(db.Grid(GridRole.Silo), db.Grid(GridRole.Superuser), writers: 8, eventsEach: 12_500, seed);
        await using var receiver = new TestReceiver(db.Grid(GridRole.Silo));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);

        var receiving = receiver.RunAsync(() => receiver.Count >= 100_000 || enough.IsCancellationRequested, ct);
        await writers.RunAsync(ct);
        enough.CancelAfter(Eventually.Patience);
        await receiving;

        Assert.True(receiver.Count == 100_000, $"{receiver.Count} arrived, seed {seed}");
        Assert.True(writers.RolledBack > 0 && writers.Killed > 0, $"No writer failed, seed {seed}");
        foreach (var queue in receiver.Received)
            Assert.Equal(Enumerable.Range(1, queue.Count).Select(n => (long)n), queue.Select(e => e.Position));
        writers.AssertAllArrivedInOrder(receiver.Received.SelectMany(queue => queue).Select(e => e.Event));
        Assert.Equal((8L, 0L), await GapsAsync(db, ct));
    }

    [Fact]
    public async Task What_a_lost_reader_left_open_is_read_again_and_what_was_saved_is_not()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var db = await GridDatabase.CreateAsync(ct);
        await TestEvents.AppendAsync(db.Grid(GridRole.Silo), Enumerable.Range(0, 100).Select(n => TestEvents.Of(TestEvents.Employee(n), "s", n)), ct);
        await using (var lost = new TestReceiver(db.Grid(GridRole.Silo)))
        {
            await lost.RunAsync(() => lost.Count >= 100, ct);
            await using var arrivals = new Arrivals(db.Grid(GridRole.Silo));
            foreach (var e in lost.Received.SelectMany(queue => queue).Where(e => e.Event.Data.SourceVersion < 40)) await arrivals.HandleAsync(new(e.Event, null, "lost"));
        }

        await using var next = new TestReceiver(db.Grid(GridRole.Silo));
        await next.RunAsync(() => next.Count >= 60, ct);

        Assert.Equal(Enumerable.Range(40, 60).Select(n => (long)n), next.Received.SelectMany(queue => queue).Select(e => e.Event.Data.SourceVersion).Order());
        for (var queue = 0; queue < 8; queue++) Assert.Empty(await next.ReadAsync(queue, 10, ct));
    }

    private static async Task<(long Queues, long Gaps)> GapsAsync(GridDatabase db, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(db.Grid(GridRole.Superuser));
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("""
            SELECT count(*), count(*) FILTER (WHERE l.rows <> q.next_position - 1 OR l.first <> 1 OR l.last <> l.rows)
              FROM grid.event_queue q
              JOIN (SELECT queue, count(*) AS rows, min(position) AS first, max(position) AS last FROM grid.event_log GROUP BY queue) l ON l.queue = q.queue
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
