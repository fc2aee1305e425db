using System.Text;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Parking;
using ComplianceGrid.Streams.Kafka;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Streams.Tests.Kafka;

/// <summary>Records of producers that the grid does not know.</summary>
public sealed class ForeignEventTests : IAsyncLifetime
{
    private static readonly string Key = TestEvents.Employee(1);

    private GridDatabase _db = null!;
    private TestBroker _broker = null!;
    private NpgsqlDataSource _database = null!;
    private ParkedEvents _parked = null!;
    private string _topic = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _db = await GridDatabase.CreateAsync(Ct);
        _broker = await TestBroker.SharedAsync();
        _topic = await _broker.NewTopicAsync();
        _database = NpgsqlDataSource.Create(_db.Grid(GridRole.Silo));
        _parked = new(_database, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _db.DisposeAsync();
    }

    [Fact]
    public async Task One_that_fits_is_delivered_wherever_its_producer_put_it_and_one_that_does_not_is_parked_once_with_its_reason()
    {
        var home = EventQueues.Of(Key);
        await ProduceAsync(home, TestEvents.Of(Key, "fits", 1));
        await ProduceAsync((home + 1) % 8, TestEvents.Of(Key, "misplaced", 1));
        await ProduceAsync(home, TestEvents.Of(Key, "unheard", 1) with { Namespace = "weather" });
        await ProduceAsync(home, TestEvents.Of("nobody", "keyless", 1));
        await Topics.ProduceAsync(_broker, _topic, home, "not an event"u8.ToArray());
        await Topics.ProduceAsync(_broker, _topic, home, (byte[]?)null);
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using (var silo = await SiloAsync(arrivals))
        {
            await arrivals.UntilAsync(() => arrivals.Count >= 2, "both events that fit", Ct);
            await Topics.UntilCommittedAsync(_broker, _topic, Ct);
        }

        Assert.Equal(["fits#1", "misplaced#1"], arrivals.Events.Select(e => e.Id).Order());
        var parked = await _parked.ListAsync(null, null, 10, Ct);
        Assert.Equal(
            [("-", "-", $"{_topic} {home}@3"), ("-", "-", $"{_topic} {home}@4"), ("keyless#1", "-", "compliance nobody"), ("unheard#1", "acme", "weather " + Key)],
            parked.Select(item => (item.EventId, item.Tenant, item.Subject)).Order());
        foreach (var (subject, reason) in new[] { ("weather " + Key, "weather"), ("compliance nobody", "tenant/uuid"), ($"{_topic} {home}@3", "JsonException") })
            Assert.Contains(reason, parked.Single(item => item.Subject == subject).Reason, StringComparison.Ordinal);
        Assert.All(parked, item => Assert.Equal("event", item.Kind));

        // Another group reads it all again, and parks nothing twice.
        await using var again = new Arrivals(_db.Grid(GridRole.Silo));
        await using (var silo = await SiloAsync(again, options => options.Group = _topic + "-2"))
            await again.UntilAsync(() => again.Count >= 2, "the other group's events", Ct);
        Assert.Equal(4, (await _parked.ListAsync(null, null, 10, Ct)).Count);
    }

    [Fact]
    public async Task One_that_no_delivery_gets_through_is_parked_copied_and_can_be_replayed_through_the_log_and_its_neighbours_pass()
    {
        var dead = await _broker.NewTopicAsync();
        var healed = false;
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo))
        {
            Behaviour = e => e.Data.SourceKey != "poison" || Volatile.Read(ref healed) ? true : throw new InvalidDataException("a result without a date"),
        };
        await using var silo = await SiloAsync(arrivals, options =>
        {
            options.MaxEventDeliveryTime = TimeSpan.FromMilliseconds(400);
            options.DeadLetterTopic = dead;
        });
        await ProduceAsync(EventQueues.Of(Key), TestEvents.Of(Key, "poison", 1));
        await ProduceAsync(EventQueues.Of(Key), TestEvents.Of(Key, "after", 1));
        var neighbour = Enumerable.Range(2, 100).Select(TestEvents.Employee).First(key => EventQueues.Of(key) == EventQueues.Of(Key));
        await ProduceAsync(EventQueues.Of(Key), TestEvents.Of(neighbour, "s", 1));

        await arrivals.UntilAsync(() => arrivals.Times("s#1") == 1 && arrivals.Times("after#1") == 1, "the neighbour's event, and the same grain's next", Ct);
        var listed = Assert.Single(await Eventually.IsAsync(() => _parked.ListAsync(null, null, 10, Ct), found => found.Count > 0, "it is parked", Ct));
        Assert.Equal(("poison#1", "acme", "compliance " + Key), (listed.EventId, listed.Tenant, listed.Subject));
        Assert.Contains("InvalidDataException: a result without a date", listed.Reason, StringComparison.Ordinal);
        await Topics.UntilCommittedAsync(_broker, _topic, Ct);
        var copy = await Eventually.IsAsync(() => Task.FromResult(Topics.Read(_broker, dead)), copies => copies.Count > 0, "the copy", Ct);
        Assert.Equal("poison#1", CloudEventJson.Read(Assert.Single(copy).Message.Value).Id);

        Volatile.Write(ref healed, true);
        var before = arrivals.Times("poison#1");
        Assert.True(await _parked.ReplayAsync(listed.Id, "operator:test", Ct));
        await arrivals.UntilAsync(() => arrivals.Times("poison#1") == before + 1, "the replayed event", Ct);
        Assert.NotNull(arrivals.Events.Last(e => e.Id == "poison#1").LogPosition);
    }

    [Fact]
    public async Task A_copy_of_a_row_that_another_version_wrote_is_parked_as_that_row()
    {
        await TestEvents.AppendAsync(_db.Grid(GridRole.Silo), [TestEvents.Of(Key, "newer", 1)], Ct);
        var copy = Encoding.UTF8.GetBytes("{\"specversion\":\"1.0\",\"id\":\"newer#1\",\"data\":{\"outcome\":\"inventedLater\"},\"gridposition\":\"1\",\"gridattempt\":1}");
        await Topics.ProduceAsync(_broker, _topic, EventQueues.Of(Key), [copy, copy]);
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using var silo = await SiloAsync(arrivals, options => options.Relay = false);
        await Topics.UntilCommittedAsync(_broker, _topic, Ct);

        var listed = Assert.Single(await _parked.ListAsync(null, null, 10, Ct));
        Assert.Equal(("newer#1", "acme", "compliance " + Key), (listed.EventId, listed.Tenant, listed.Subject));
        Assert.Contains("JsonException", listed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_nobody_could_take_stays_parked_when_it_is_replayed()
    {
        await Topics.ProduceAsync(_broker, _topic, 0, Encoding.UTF8.GetBytes("{}"));
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using var silo = await SiloAsync(arrivals);
        var listed = Assert.Single(await Eventually.IsAsync(() => _parked.ListAsync(null, null, 10, Ct), found => found.Count > 0, "it is parked", Ct));
        var (output, error) = (new StringWriter(), new StringWriter());

        Assert.Equal(1, await ParkedCommand.RunAsync(_parked, ["replay", listed.Id], output, error, Ct));
        Assert.Contains("stays parked", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await ParkedCommand.RunAsync(_parked, ["replay", "--all"], output, error, Ct));
        Assert.Contains("0 replayed", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(listed, Assert.Single(await _parked.ListAsync(null, null, 10, Ct)));
    }

    private Task ProduceAsync(int partition, ComplianceGrid.Events.ComplianceEvent e) => Topics.ProduceAsync(_broker, _topic, partition, CloudEventJson.Write(e));

    private Task<TestSilo> SiloAsync(Arrivals arrivals, Action<KafkaStreamOptions>? configure = null) =>
        KafkaSilo.StartAsync(_broker, _topic, _db.Grid(GridRole.Silo), arrivals, Ct, options =>
        {
            options.Group = _topic;
            configure?.Invoke(options);
        });
}
