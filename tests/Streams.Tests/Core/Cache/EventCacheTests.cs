using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Core.Cache;
using ComplianceGrid.Streams.Tests.Support;
using CsCheck;
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
    public void A_token_ahead_of_what_was_read_is_waited_for_unless_it_is_a_delivery_of_another_reader()
    {
        var cache = new EventCache(10, 1);
        cache.AddToCache([TestEvents.At(1)]);
        using var cursor = cache.GetCacheCursor(TestEvents.At(1).StreamId, new EventSequenceTokenV2(3));
        cache.AddToCache([TestEvents.At(2), TestEvents.At(3), TestEvents.At(4)]);
        Assert.True(cursor.MoveNext());
        Assert.Equal(3, cursor.GetCurrent(out _)!.SequenceToken.SequenceNumber);

        Assert.Throws<QueueCacheMissException>(() => cache.GetCacheCursor(TestEvents.At(1).StreamId, TestEvents.At(9).SequenceToken));
    }

    [Fact]
    public void A_reader_of_the_past_meets_the_cache_and_misses_and_repeats_nothing() => Gen.Select(Gen.Int[0, 30], Gen.Int[0, 2].Array[0, 120]).Sample((from, acts) =>
    {
        // The queue's history is one list; the cache is given its events in order, and nobody else reads them.
        var past = new Past();
        var cache = new EventCache(1_000, 1) { History = past };
        IQueueCacheCursor? cursor = null;
        var (added, seen) = (0L, new List<long>());
        foreach (var act in acts)
        {
            switch (act)
            {
                case 0: past.Kept.Add(TestEvents.At(past.Kept.Count)); break; // written
                case 1 when added < past.Kept.Count: // read
                    cache.AddToCache([past.Kept[(int)added++]]);
                    cache.TryPurgeFromCache(out _);
                    break;
                case 2:
                    cursor ??= ((IQueueCache)cache).TryGetCacheCursor(TestEvents.At(0).StreamId, new EventSequenceTokenV2(from)).Cursor!;
                    if (Moves(cursor)) seen.Add(cursor.GetCurrent(out _)!.SequenceToken.SequenceNumber);
                    break;
            }
        }

        if (cursor is null) return;
        for (; added < past.Kept.Count; added++) cache.AddToCache([past.Kept[(int)added]]);
        while (Moves(cursor)) seen.Add(cursor.GetCurrent(out _)!.SequenceToken.SequenceNumber);
        Assert.Equal(Enumerable.Range(0, past.Kept.Count).Select(n => (long)n).Where(n => n >= from), seen);
    });

    private static bool Moves(IQueueCacheCursor cursor) => cursor.MoveNextWithResult().Kind == QueueCacheCursorMoveResultKind.Success;

    private sealed class Past : IEventHistory, IHistoryReader
    {
        private int _next;

        public List<IBatchContainer> Kept { get; } = [];
        public long Through => _next - 1;

        public IHistoryReader ReadBack(StreamId stream, StreamSequenceToken from)
        {
            _next = (int)from.SequenceNumber;
            return this;
        }

        public bool TryTake(out StreamedEvent? e)
        {
            e = _next < Kept.Count ? (StreamedEvent)Kept[_next++] : null;
            return e is not null;
        }

        public void WakeOnce(long seen) { }
        public void Dispose() { }
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
