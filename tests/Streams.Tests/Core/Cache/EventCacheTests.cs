using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Core.Cache;
using ComplianceGrid.Streams.Tests.Support;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Tests.Core.Cache;

public sealed class EventCacheTests
{
    [Fact]
    public void A_stream_that_stands_still_holds_nothing_but_its_own_events()
    {
        var cache = new EventCache(capacity: 4, readBatch: 2);
        using var stuck = Read(cache, TestEvents.At(1, stream: 1));
        using var other = Read(cache, TestEvents.At(2, stream: 2));
        Assert.True(stuck.MoveNext());
        Assert.True(other.MoveNext());

        Assert.False(other.MoveNext());

        Assert.Equal([2], Purged(cache));
        Assert.Equal(1, cache.Count);
        Assert.Equal(1, cache.Floor);
        Assert.Equal(2, cache.GetMaxAddCount());
    }

    [Fact]
    public void Reading_pauses_while_another_batch_would_not_fit_and_goes_on_without_a_purge()
    {
        var cache = new EventCache(capacity: 4, readBatch: 2);
        using var cursor = Read(cache, TestEvents.At(1), TestEvents.At(2), TestEvents.At(3));
        Assert.True(cache.IsUnderPressure());
        Assert.Equal(0, cache.GetMaxAddCount());

        // The agent asks for room before it lets the cache purge.
        cursor.MoveNext();
        cursor.MoveNext();

        Assert.Equal(2, cache.GetMaxAddCount());
        Assert.False(cache.IsUnderPressure());
    }

    [Fact]
    public void An_event_stays_until_its_slowest_reader_has_done_with_it()
    {
        var cache = new EventCache(10, 1);
        cache.AddToCache([TestEvents.At(1), TestEvents.At(2)]);
        using var slow = cache.GetCacheCursor(TestEvents.At(1).StreamId, new EventSequenceTokenV2(1));
        using var fast = cache.GetCacheCursor(TestEvents.At(1).StreamId, new EventSequenceTokenV2(1));
        while (fast.MoveNext()) { }

        Assert.Equal(2, cache.Count);
        Assert.True(slow.MoveNext());
        Assert.True(slow.MoveNext());
        Assert.Equal([1], Purged(cache));
    }

    [Fact]
    public void An_event_being_delivered_is_still_there_for_the_failure_handler()
    {
        var cache = new EventCache(10, 1);
        using var cursor = Read(cache, TestEvents.At(7));
        cursor.MoveNext();
        Assert.NotNull(cache.Find(TestEvents.At(7).StreamId, 7));
        cursor.MoveNext();
        Assert.Null(cache.Find(TestEvents.At(7).StreamId, 7));
        Assert.Equal(8, cache.Floor);
    }

    [Fact]
    public void A_token_whose_event_is_gone_is_refused_and_never_rounded_up()
    {
        var cache = new EventCache(10, 1);
        using var cursor = Read(cache, TestEvents.At(5), TestEvents.At(6));
        cursor.MoveNext();
        cursor.MoveNext();

        Assert.Throws<QueueCacheMissException>(() => cache.GetCacheCursor(TestEvents.At(5).StreamId, new EventSequenceTokenV2(5)));
        Assert.Throws<QueueCacheMissException>(() => cache.GetCacheCursor(TestEvents.At(5, stream: 9).StreamId, new EventSequenceTokenV2(4)));
        using var again = cache.GetCacheCursor(TestEvents.At(5).StreamId, new EventSequenceTokenV2(6));
        Assert.True(again.MoveNext());
        Assert.Equal(6, again.GetCurrent(out _)!.SequenceToken.SequenceNumber);
    }

    [Fact]
    public void A_stream_without_subscribers_does_not_fill_the_cache()
    {
        var cache = new EventCache(2, 2);
        cache.AddToCache([TestEvents.At(1), TestEvents.At(2)]);
        Assert.Equal([1, 2], Purged(cache));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void A_queue_is_read_in_order() =>
        Assert.Throws<ArgumentException>(() => new EventCache(10, 1).AddToCache([TestEvents.At(2), TestEvents.At(2)]));

    internal static List<long> Purged(EventCache cache) =>
        cache.TryPurgeFromCache(out var purged) ? [.. purged.Cast<StreamedEvent>().Select(e => e.Position)] : [];

    private static EventCursor Read(EventCache cache, params IBatchContainer[] events)
    {
        cache.AddToCache(events);
        return cache.GetCacheCursor(events[0].StreamId, events[0].SequenceToken);
    }
}
