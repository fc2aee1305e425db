using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Streams.Tests.Kafka;

/// <summary>A broker that removes files from its disk while a group has not read them.</summary>
public sealed class RetentionTests(SharedApacheKafka shared)
{
    private const int SmallSegment = 1024; // two or three events

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_the_committed_offset_is_removed_with_what_is_behind_it_the_log_publishes_again_what_was_not_read()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        var log = db.Grid(GridRole.Silo);
        var kafka = await shared.GetAsync();
        var topic = await kafka.NewTopicAsync();
        await SetAsync($"segment.bytes={SmallSegment}");
        await using (var reader = new Arrivals(log))
        await using (var silo = await SiloAsync(reader))
        {
            await AppendAsync("read", 64);
            await reader.UntilAsync(() => reader.Count == 64, "what was read", Ct);
            await Topics.UntilCommittedAsync(kafka, topic, Ct);
        }

        await using (var copier = new Arrivals(log) { Behaviour = _ => throw new InvalidOperationException("not now") })
        await using (var silo = await SiloAsync(copier))
        {
            await AppendAsync("unread", 128);
            await Eventually.TrueAsync(() => Topics.Ends(kafka, topic).Sum() >= 192, "the log is copied", Ct);
        }

        var committed = Topics.Committed(kafka, topic, topic);
        await SetAsync($"retention.bytes={SmallSegment}");
        await Eventually.TrueAsync(() => committed.Index().All(at => kafka.Segments(topic, at.Index).Min() > at.Item), "each partition begins behind what its group has committed", Ct);
        await SetAsync("retention.bytes=-1"); // what comes now is kept

        await using var arrivals = new Arrivals(log);
        await using var next = await SiloAsync(arrivals);
        await arrivals.UntilAsync(() => arrivals.Count == 128, "all that was not read", Ct);
        Assert.All(arrivals.Events, e => Assert.Equal("unread", e.Data.SourceKey));
        await TestEvents.UntilAllSavedAsync(log, Ct);
        await Topics.UntilCommittedAsync(kafka, topic, Ct);

        Task AppendAsync(string source, int count) =>
            TestEvents.AppendAsync(log, Enumerable.Range(0, count).Select(n => TestEvents.Of(TestEvents.Employee(n % 64), source, n)), Ct);

        Task SetAsync(string setting) => kafka.AdministerAsync("ConfigCommand", Ct, "--alter", "--entity-type", "topics", "--entity-name", topic, "--add-config", setting);

        Task<TestSilo> SiloAsync(Arrivals to) => KafkaSilo.StartAsync(kafka, topic, log, to, Ct, options =>
        {
            options.Group = topic;
            options.StuckAfter = TimeSpan.FromSeconds(1);
            options.MaxEventDeliveryTime = TimeSpan.FromSeconds(5);
            options.ProducerSettings["batch.num.messages"] = "1"; // more at once would not fit into a segment
        });
    }
}
