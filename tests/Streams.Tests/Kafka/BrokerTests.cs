using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Tests.Kafka;

/// <summary>Brokers that go away, and brokers that forget. Each test has some of its own, and can only be made with mocks.</summary>
public sealed class BrokerTests : IAsyncLifetime
{
    private GridDatabase _db = null!;
    private MockBroker _broker = null!;
    private string _topic = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _db = await GridDatabase.CreateAsync(Ct);
        _broker = await MockBroker.StartAsync();
        _topic = await _broker.NewTopicAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _db.DisposeAsync();
    }

    [Fact]
    public async Task While_brokers_are_away_events_wait_in_the_log_and_then_arrive_in_order()
    {
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using var silo = await SiloAsync(arrivals);
        await AppendAsync("before", 50);
        await arrivals.UntilAsync(() => arrivals.Count == 50, "the events before", Ct);

        await _broker.TellAsync("down");
        await AppendAsync("during", 200);
        var streams = silo.Services.GetRequiredKeyedService<IStreamProvider>(StreamNamespaces.Provider);
        var direct = TestEvents.Of(TestEvents.Employee(1), "direct", 1);
        var waiting = streams.GetStream<ComplianceEvent>(StreamId.Create(direct.Namespace, direct.Key)).OnNextAsync(direct);
        await UntilHealthAsync(silo, HealthStatus.Unhealthy);
        Assert.Equal(50, arrivals.Count);
        Assert.False(waiting.IsCompleted);
        await _broker.TellAsync("up");

        await waiting;
        await arrivals.UntilAsync(() => arrivals.Count == 251, "the events that waited", Ct);
        foreach (var key in arrivals.Events.Where(e => e.Data.SourceKey == "during").DistinctBy(e => e.Id).GroupBy(e => e.Key))
            Assert.Equal(key.Select(e => e.Data.SourceVersion).Order(), key.Select(e => e.Data.SourceVersion));
        await TestEvents.UntilAllSavedAsync(_db.Grid(GridRole.Silo), Ct);
        await UntilHealthAsync(silo, HealthStatus.Healthy);
    }

    [Fact]
    public async Task Brokers_that_lose_everything_while_it_is_read_cost_nothing()
    {
        var forgets = true;
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo)) { Behaviour = _ => !Volatile.Read(ref forgets) };
        await using var silo = await SiloAsync(arrivals);
        await AppendAsync("delivered and not saved", 50);
        await arrivals.UntilAsync(() => arrivals.Count == 50, "the events before", Ct);

        Volatile.Write(ref forgets, false);
        await _broker.TellAsync($"delete {_topic}");
        await _broker.TellAsync($"create {_topic} 8");
        await AppendAsync("after", 50);

        await arrivals.UntilAsync(() => arrivals.Events.Count(e => e.Data.SourceKey == "after") >= 50, "the events after", Ct);
        await TestEvents.UntilAllSavedAsync(_db.Grid(GridRole.Silo), Ct);
        await Topics.UntilCommittedAsync(_broker, _topic, Ct);
    }

    [Fact]
    public async Task What_was_copied_and_lost_unread_is_copied_again()
    {
        await CopyUndeliveredAsync();
        await _broker.TellAsync($"delete {_topic}");
        await _broker.TellAsync($"create {_topic} 8");
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using var next = await SiloAsync(arrivals);
        await arrivals.UntilAsync(() => arrivals.Count == 80, "all that was lost", Ct);
        await TestEvents.UntilAllSavedAsync(_db.Grid(GridRole.Silo), Ct);
    }

    [Fact]
    public async Task A_silo_starts_and_stops_without_brokers_and_reads_when_they_come()
    {
        await _broker.TellAsync("down");
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using (var silo = await SiloAsync(arrivals))
        {
            await AppendAsync("waits", 20);
            await UntilHealthAsync(silo, HealthStatus.Unhealthy);
            await silo.StopAsync().WaitAsync(Eventually.Patience, Ct);
        }

        await using var next = await SiloAsync(arrivals);
        await _broker.TellAsync("up");
        await arrivals.UntilAsync(() => arrivals.Count == 20, "the events that waited", Ct);
    }

    [Fact]
    public async Task A_row_that_was_copied_is_not_copied_again_by_the_next_silo()
    {
        for (var n = 0; n < 3; n++)
        {
            await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo)) { Behaviour = _ => false };
            await using var silo = await SiloAsync(arrivals, stuckAfter: TimeSpan.FromMinutes(5));
            await AppendAsync($"run {n}", 20);
            await arrivals.UntilAsync(() => arrivals.Events.Count(e => e.Data.SourceKey == $"run {n}") == 20, "this run's events", Ct);
        }

        Assert.Equal(60, Topics.Ends(_broker, _topic).Sum());
    }

    [Fact]
    public async Task A_row_that_is_missing_between_copies_is_copied_by_the_next_silo()
    {
        var key = TestEvents.Employee(1);
        ComplianceEvent[] rows = [.. Enumerable.Range(1, 6).Select(n => TestEvents.Of(key, "row", n))]; // of a new log: also their positions
        await TestEvents.AppendAsync(_db.Grid(GridRole.Silo), rows, Ct);
        await Topics.ProduceAsync(_broker, _topic, EventQueues.Of(key), new[] { 1, 2, 3, 5 }.Select(n => CloudEventJson.CopyOf(CloudEventJson.Write(rows[n - 1]), n, attempt: 1)));

        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using var silo = await SiloAsync(arrivals, stuckAfter: TimeSpan.FromMinutes(5)); // the sweep is not waited for
        await arrivals.UntilAsync(() => arrivals.Count == rows.Length, "all rows", Ct);
        await TestEvents.UntilAllSavedAsync(_db.Grid(GridRole.Silo), Ct);
        Assert.Equal(rows.Length, Topics.Ends(_broker, _topic).Sum()); // and none a second time
    }

    [Fact]
    public async Task Copies_of_another_log_do_not_keep_the_rows_of_this_one_back()
    {
        var key = TestEvents.Employee(1);
        var old = CloudEventJson.CopyOf(CloudEventJson.Write(TestEvents.Of(key, "of before", 1)), position: 5_000, attempt: 1);
        await Topics.ProduceAsync(_broker, _topic, EventQueues.Of(key), old);
        await TestEvents.AppendAsync(_db.Grid(GridRole.Silo), [TestEvents.Of(key, "new", 1)], Ct);
        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using var silo = await SiloAsync(arrivals, stuckAfter: TimeSpan.FromMinutes(5));
        await arrivals.UntilAsync(() => arrivals.Times("new#1") == 1, "the row of this log", Ct);
    }

    [Fact]
    public async Task What_retention_has_removed_unread_is_published_again()
    {
        await CopyUndeliveredAsync();
        var ends = Topics.Ends(_broker, _topic);
        for (var partition = 0; partition < ends.Length; partition++)
        {
            if (ends[partition] > 1) await _broker.TellAsync($"forget {_topic} {partition} {ends[partition] - 1}"); // all but the last, behind which the relay goes on
        }

        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using var next = await SiloAsync(arrivals);
        await arrivals.UntilAsync(() => arrivals.Count == 80, "all that was removed", Ct);
        await TestEvents.UntilAllSavedAsync(_db.Grid(GridRole.Silo), Ct);
    }

    [Fact]
    public async Task What_was_delivered_and_never_saved_is_published_again_by_the_next_silo()
    {
        await using (var forgetful = new Arrivals(_db.Grid(GridRole.Silo)) { Behaviour = _ => false })
        await using (var silo = await SiloAsync(forgetful, stuckAfter: TimeSpan.FromMinutes(5)))
        {
            await AppendAsync("forgotten", 40);
            await forgetful.UntilAsync(() => forgetful.Count == 40, "all events", Ct);
            await Topics.UntilCommittedAsync(_broker, _topic, Ct);
        }

        await using var arrivals = new Arrivals(_db.Grid(GridRole.Silo));
        await using var next = await SiloAsync(arrivals); // it has nothing to read
        await arrivals.UntilAsync(() => arrivals.Count == 40, "all that was forgotten", Ct);
        await TestEvents.UntilAllSavedAsync(_db.Grid(GridRole.Silo), Ct);
    }

    /// <summary>80 rows of the log, copied by a silo whose grains refuse them until it stops.</summary>
    private async Task CopyUndeliveredAsync()
    {
        await using var copier = new Arrivals(_db.Grid(GridRole.Silo)) { Behaviour = _ => throw new InvalidOperationException("not now") };
        await using var silo = await SiloAsync(copier);
        await AppendAsync("copied", 80);
        await Eventually.TrueAsync(() => Topics.Ends(_broker, _topic).Sum() >= 80, "the log is copied", Ct);
    }

    private Task<TestSilo> SiloAsync(Arrivals arrivals, TimeSpan? stuckAfter = null) =>
        KafkaSilo.StartAsync(_broker, _topic, _db.Grid(GridRole.Silo), arrivals, Ct, options =>
        {
            options.Group = _topic;
            options.StuckAfter = stuckAfter ?? TimeSpan.FromSeconds(2);
            options.MaxEventDeliveryTime = TimeSpan.FromSeconds(5);
            (options.MonitorPeriod, options.StalledAfter) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1));
        });

    private static Task UntilHealthAsync(TestSilo silo, HealthStatus expected)
    {
        var checks = silo.Services.GetRequiredService<HealthCheckService>();
        return Eventually.IsAsync(async () => (await checks.CheckHealthAsync(Ct)).Status, status => status == expected, $"{expected}", Ct);
    }

    private Task AppendAsync(string source, int count) =>
        TestEvents.AppendAsync(_db.Grid(GridRole.Silo), Enumerable.Range(0, count).Select(n => TestEvents.Of(TestEvents.Employee(n % 20), source, n)), Ct);
}
