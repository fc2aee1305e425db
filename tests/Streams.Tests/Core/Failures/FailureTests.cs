using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Core.Cache;
using ComplianceGrid.Streams.Core.Failures;
using ComplianceGrid.Streams.Postgres;
using ComplianceGrid.Streams.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Providers.Streams.Common;

namespace ComplianceGrid.Streams.Tests.Core.Failures;

public sealed class FailureTests
{
    private readonly PostgresStreamOptions _options = new();
    private readonly FakeTransport _transport = new();
    private readonly LiveQueues _queues;
    private readonly LiveQueue _queue;
    private readonly FailureSettler _settler;

    public FailureTests()
    {
        _queues = new("test", _options);
        _queue = _queues.Add(0);
        _queue.Source = _transport;
        _settler = new(_transport, new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2)), TimeProvider.System, NullLogger<FailureSettler>.Instance);
    }

    [Fact]
    public async Task The_handler_returns_only_when_the_event_is_safe_however_long_the_transport_is_away()
    {
        _transport.AwayFor = 20;
        using var delivering = Delivering(3);
        await Handler().OnDeliveryFailure(null!, "test", TestEvents.At(3).StreamId, new EventSequenceTokenV2(3));
        Assert.Equal([3], _transport.Settled);
        Assert.Equal(1, _queue.Progress);
    }

    [Fact]
    public async Task A_queue_given_up_ends_the_wait_and_the_event_stays_open()
    {
        using var stopping = new CancellationTokenSource();
        _queue.Stopping = stopping.Token;
        _transport.AwayFor = int.MaxValue;
        using var delivering = Delivering(3);
        _transport.OnSettle = stopping.Cancel;
        await Handler().OnDeliveryFailure(null!, "test", TestEvents.At(3).StreamId, new EventSequenceTokenV2(3));
        Assert.Empty(_transport.Settled);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_an_agent_that_stops_moved_past_is_not_told_as_delivered(bool stopsWhileItSettles)
    {
        using var stopping = new CancellationTokenSource();
        _queue.Stopping = stopping.Token;
        _transport.AwayFor = int.MaxValue;
        if (stopsWhileItSettles) _transport.OnSettle = stopping.Cancel;
        else await stopping.CancelAsync();
        _queue.Cache.AddToCache([TestEvents.At(3), TestEvents.At(4), TestEvents.At(5)]);
        using var cursor = _queue.Cache.GetCacheCursor(TestEvents.At(3).StreamId, null);
        Assert.True(cursor.MoveNext());
        Assert.True(cursor.MoveNext()); // the first was delivered
        await Handler().OnDeliveryFailure(null!, "test", TestEvents.At(4).StreamId, new EventSequenceTokenV2(4));
        Assert.True(cursor.MoveNext()); // as Orleans does, whatever became of it

        await new QueueReceiver(_queue, _queues, _transport, new(TimeSpan.Zero, TimeSpan.Zero), TimeProvider.System, NullLogger.Instance).Shutdown(TimeSpan.Zero);
        Assert.Equal(3, _transport.Delivered);
    }

    [Fact]
    public async Task Of_a_batch_that_failed_whole_nothing_is_settled_and_of_one_whose_first_event_failed_alone_that_event()
    {
        var queue = Batching(3);
        queue.Cache.AddToCache([.. Enumerable.Range(1, 4).Select(n => TestEvents.At(n))]);
        using var cursor = queue.Cache.GetCacheCursor(TestEvents.At(1).StreamId, null);
        Assert.True(cursor.MoveNext()); // the first goes alone
        Assert.True(cursor.MoveNext());
        var batch = Assert.IsType<EventBatch>(cursor.GetCurrent(out _));
        Assert.Equal(new EventSequenceTokenV2(2, StreamedEvent.OfDelivery), batch.SequenceToken);

        batch.Failed();
        await Handler().OnDeliveryFailure(null!, "test", batch.StreamId, batch.SequenceToken);
        Assert.Empty(_transport.Settled);

        batch.GoAlone();
        await Handler().OnDeliveryFailure(null!, "test", batch.StreamId, batch.SequenceToken);
        Assert.Equal([2], _transport.Settled);
    }

    [Fact]
    public async Task The_sweep_takes_only_what_left_the_cache_long_enough_ago()
    {
        var time = new FakeTimeProvider();
        var sweep = new StuckEventSweep(_queues, _transport, _settler, _options, time, NullLogger<StuckEventSweep>.Instance);
        var ct = TestContext.Current.CancellationToken;
        _transport.Unsaved.AddRange([1, 2, 3]);
        _queue.Cache.AddToCache([TestEvents.At(1), TestEvents.At(2), TestEvents.At(3, stream: 1)]);
        using var held = _queue.Cache.GetCacheCursor(TestEvents.At(3, stream: 1).StreamId, null);
        _queue.Cache.TryPurgeFromCache(out _);
        _transport.Passed = 3;

        Assert.Equal(0, await sweep.SweepAsync(ct));
        time.Advance(_options.StuckAfter - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await sweep.SweepAsync(ct));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await sweep.SweepAsync(ct));
        Assert.Equal([1, 2], _transport.Settled);
    }

    /// <summary>The queue anew, with another option.</summary>
    private LiveQueue Batching(int size)
    {
        _options.DeliveryBatch = size;
        var queue = _queues.Add(0);
        queue.Source = _transport;
        return queue;
    }

    /// <summary>As an agent does: the event that its cursor is at.</summary>
    private EventCursor Delivering(long position)
    {
        _queue.Cache.AddToCache([TestEvents.At(position)]);
        var cursor = _queue.Cache.GetCacheCursor(TestEvents.At(position).StreamId, null);
        Assert.True(cursor.MoveNext());
        return cursor;
    }

    private DeliveryFailureHandler Handler() => new(0, _queues, _settler);
}
