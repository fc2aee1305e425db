using ComplianceGrid.Storage.Events;
using ComplianceGrid.Streams.Kafka;
using ComplianceGrid.Streams.Kafka.Reading;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComplianceGrid.Streams.Tests.Kafka;

/// <summary>One partition, its pump and what its group commits, without a silo.</summary>
public sealed class OffsetTests
{
    private static readonly string Key = TestEvents.Employee(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_agents_the_one_that_is_behind_puts_nothing_back()
    {
        var (broker, options) = await NewAsync(records: 1_000);
        await using var ahead = Pump(options);
        await TakeAsync(ahead, 1_000);
        options.ReadBatch = 10; // the other one is paused, and has not heard of the end
        await using var behind = Pump(options);
        await TakeAsync(behind, 10);

        ahead.Delivered(900);
        await CommittedAsync(broker, options, 900);
        behind.Delivered(4);
        await behind.DisposeAsync(); // it commits as it stops
        Assert.Equal(900, Topics.Committed(broker, options.Topic, options.Group)[0]);
        ahead.Delivered(1_000);
        await CommittedAsync(broker, options, 1_000);
    }

    [Fact]
    public async Task Nothing_is_committed_that_was_only_read_and_a_stop_commits_what_was_delivered()
    {
        var (broker, options) = await NewAsync(records: 10);
        await using (var pump = Pump(options))
        {
            await TakeAsync(pump, 10);
        }

        Assert.True(Topics.Committed(broker, options.Topic, options.Group)[0] < 0);
        await using (var pump = Pump(options))
        {
            Assert.Equal(Enumerable.Range(0, 10).Select(n => (long)n), await TakeAsync(pump, 10));
            pump.Delivered(6);
        }

        await using var next = Pump(options);
        Assert.Equal([6L, 7, 8, 9], await TakeAsync(next, 4));
    }

    [Fact]
    public async Task While_the_agent_takes_nothing_the_partition_is_paused()
    {
        var (_, options) = await NewAsync(records: 2_000);
        options.ReadBatch = 10;
        await using var pump = Pump(options);
        Assert.True(await pump.WaitAsync(Eventually.Patience, Ct));
        await Eventually.TrueAsync(() => pump.Ahead > 160, "sixteen reads wait", Ct);
        var (before, taken) = (pump.Ahead, new List<long>());
        await Task.Delay(TimeSpan.FromMilliseconds(500), Ct); // nothing tells that nothing happens
        Assert.Equal(before, pump.Ahead);
        Assert.True(before < 200, $"{before} wait");

        Assert.Equal(Enumerable.Range(0, 2_000).Select(n => (long)n), await TakeAsync(pump, 2_000));
    }

    [Theory]
    [InlineData(KafkaStart.Earliest, 0)]
    [InlineData(KafkaStart.Latest, 10)]
    public async Task A_new_group_begins_where_it_is_told_to(KafkaStart start, long first)
    {
        var (broker, options) = await NewAsync(records: 10);
        options.Start = start;
        await using var pump = Pump(options);
        Assert.True(await pump.WaitAsync(Eventually.Patience, Ct)); // a record, or the end
        await Topics.ProduceAsync(broker, options.Topic, 0, CloudEventJson.Write(TestEvents.Of(Key, "s", 10)));
        Assert.Equal(first, (await TakeAsync(pump, 1))[0]);
    }

    private static async Task<(TestBroker Broker, KafkaStreamOptions Options)> NewAsync(int records)
    {
        var broker = await TestBroker.SharedAsync();
        var topic = await broker.NewTopicAsync();
        var options = new KafkaStreamOptions
        {
            Topic = topic,
            Group = topic,
            Relay = false,
            CommitPeriod = TimeSpan.FromMilliseconds(100),
        };
        broker.Configure(options);
        await Topics.ProduceAsync(broker, topic, 0, Enumerable.Range(0, records).Select(n => CloudEventJson.Write(TestEvents.Of(Key, "s", n))));
        return (broker, options);
    }

    private static PartitionPump Pump(KafkaStreamOptions options)
    {
        var clients = new KafkaClients(options, NullLogger<KafkaClients>.Instance);
        return new(0, clients, new(clients, options, NullLogger<TopicSetup>.Instance), options,
            new(options.MinRetryDelay, options.MaxRetryDelay), TimeProvider.System, NullLogger.Instance);
    }

    /// <summary>Offsets of the next records.</summary>
    private static async Task<List<long>> TakeAsync(PartitionPump pump, int count)
    {
        var offsets = new List<long>();
        while (offsets.Count < count)
        {
            if (!await pump.WaitAsync(Eventually.Patience, Ct)) throw new TimeoutException($"{offsets.Count} of {count} came; {pump.Fault}");
            while (offsets.Count < count && pump.TryTake(out var record))
            {
                if (record is { IsPartitionEOF: false }) offsets.Add(record.Offset);
            }
        }

        return offsets;
    }

    private static Task CommittedAsync(TestBroker broker, KafkaStreamOptions options, long offset) =>
        Eventually.IsAsync(() => Task.FromResult(Topics.Committed(broker, options.Topic, options.Group)[0]), found => found == offset, $"{offset} is committed", Ct);
}
