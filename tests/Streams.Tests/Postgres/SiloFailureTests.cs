using ComplianceGrid.Storage.Parking;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Streams.Tests.Postgres;

/// <summary>Grains that fail, in a real silo.</summary>
public sealed class SiloFailureTests
{
    private static readonly string Poisoned = TestEvents.Employee(666);

    [Fact]
    public async Task A_grain_that_throws_blocks_nobody_and_its_event_is_parked_with_its_error_and_can_be_replayed()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var db = await GridDatabase.CreateAsync(ct);
        var healed = false;
        await using var arrivals = new Arrivals(db.Grid(GridRole.Silo))
        {
            Behaviour = e => e.Data.SourceKey != "poison" || Volatile.Read(ref healed) ? true : throw new InvalidDataException("a result without a date"),
        };
        await using var silo = await TestSilo.StartAsync(db.Grid(GridRole.Silo), arrivals, ct, options =>
        {
            options.MaxEventDeliveryTime = TimeSpan.FromSeconds(2); // the neighbours have three times that
            options.MaxAttempts = 3;
        });
        await using var database = NpgsqlDataSource.Create(db.Grid(GridRole.Silo));
        var parked = new ParkedEvents(database, TimeProvider.System);

        await TestEvents.AppendAsync(db.Grid(GridRole.Silo),
            [TestEvents.Of(Poisoned, "poison", 1), TestEvents.Of(Poisoned, "after", 1), .. Enumerable.Range(0, 400).Select(n => TestEvents.Of(TestEvents.Employee(n), "s", n))], ct);
        await arrivals.UntilAsync(() => arrivals.Events.Count(e => e.Data.SourceKey == "s") == 400, "the neighbours' events", ct);
        Assert.Empty(await parked.ListAsync(null, null, 10, ct));
        await arrivals.UntilAsync(() => arrivals.Times("after#1") == 1, "the same grain's next event", ct);
        var list = await Eventually.IsAsync(() => parked.ListAsync(null, null, 10, ct), found => found.Count > 0, "it is parked", ct);

        var listed = Assert.Single(list);
        Assert.Equal(("poison#1", "compliance " + Poisoned, 3), (listed.EventId, listed.Subject, listed.Attempts));
        Assert.Contains("InvalidDataException: a result without a date", listed.Reason, StringComparison.Ordinal);
        Assert.Equal(3, arrivals.Events.Where(e => e.Data.SourceKey == "poison").Select(e => e.LogPosition).Distinct().Count());
        Assert.True(arrivals.Times("poison#1") > 3, "Each attempt is several tries.");

        Volatile.Write(ref healed, true);
        var before = arrivals.Times("poison#1");
        Assert.True(await parked.ReplayAsync(listed.Id, "operator:test", ct));
        await arrivals.UntilAsync(() => arrivals.Times("poison#1") == before + 1, "the replayed event", ct);
    }

    [Fact]
    public async Task What_was_delivered_and_never_saved_is_published_again_then_parked()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var db = await GridDatabase.CreateAsync(ct);
        await using var arrivals = new Arrivals(db.Grid(GridRole.Silo)) { Behaviour = e => e.Data.SourceKey != "forgotten" };
        await using var silo = await TestSilo.StartAsync(db.Grid(GridRole.Silo), arrivals, ct, options =>
        {
            options.StuckAfter = TimeSpan.FromMilliseconds(500);
            options.MaxAttempts = 2;
        });
        await using var database = NpgsqlDataSource.Create(db.Grid(GridRole.Silo));
        var parked = new ParkedEvents(database, TimeProvider.System);

        await TestEvents.AppendAsync(db.Grid(GridRole.Silo),
            [TestEvents.Of(Poisoned, "forgotten", 1), TestEvents.Of(Poisoned, "s", 1), TestEvents.Of(TestEvents.Employee(1), "s", 2)], ct);
        await arrivals.UntilAsync(() => arrivals.Times("forgotten#1") == 2, "the second delivery", ct);
        var list = await Eventually.IsAsync(() => parked.ListAsync(null, null, 10, ct), found => found.Count > 0, "it is parked", ct);

        Assert.Equal("forgotten#1", Assert.Single(list).EventId);
        Assert.Equal(1, arrivals.Times("s#1"));
        Assert.Equal(1, arrivals.Times("s#2"));
    }
}
