using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Core.Cache;
using ComplianceGrid.Streams.Tests.Support;
using CsCheck;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Tests.Core.Cache;

/// <summary>
/// An agent's use of the cache in any order, against a model that is nothing but lists: per stream all positions added, per
/// reader the positions it was given, one by one or in batches, some of which fail.
/// </summary>
public sealed class EventCacheModelTests
{
    private const int Streams = 3;
    private const int Capacity = 12;

    private enum Act { Add, Subscribe, Move, Fail, Unsubscribe, Purge }

    [Fact]
    public void Each_reader_gets_each_event_of_its_stream_once_in_order_and_the_cache_holds_exactly_what_is_needed() =>
        Gen.Select(Gen.Int[1, 4], Gen.Select(Gen.Enum<Act>(), Gen.Int[0, Streams - 1], Gen.Int[1, 4]).List[0, 200]).Sample((batch, steps) =>
        {
            var run = new Run(batch);
            foreach (var (act, stream, count) in steps) run.Do(act, stream, count);
        }, iter: 20_000);

    private sealed class Run(int batch)
    {
        private readonly EventCache _cache = new(Capacity, readBatch: 4, batch);
        private readonly List<long>[] _added = [.. Enumerable.Range(0, Streams).Select(_ => new List<long>())];
        private readonly List<Reader>[] _readers = [.. Enumerable.Range(0, Streams).Select(_ => new List<Reader>())];
        private readonly HashSet<long> _held = [];
        private readonly HashSet<long> _notYetPurged = [];
        private long _position;

        public void Do(Act act, int stream, int count)
        {
            switch (act)
            {
                case Act.Add: Add(stream, count); break;
                case Act.Subscribe: Subscribe(stream); break;
                case Act.Move: Move(stream, count); break;
                case Act.Fail: Fail(stream, count); break;
                case Act.Unsubscribe: Unsubscribe(stream); break;
                case Act.Purge: Purge(); break;
            }

            Assert.Equal(_held.Count, _cache.Count);
            Assert.True(_cache.Count <= Capacity);
            Assert.Equal(_held.Count > 0 ? _held.Min() : _position > 0 ? _position + 1 : null, _cache.Floor);
        }

        private void Add(int stream, int count)
        {
            Assert.Equal(Capacity - _held.Count >= 4 ? 4 : 0, _cache.GetMaxAddCount());
            if (_cache.GetMaxAddCount() < count) return;
            var events = new List<IBatchContainer>();
            for (var i = 0; i < count; i++)
            {
                var to = (stream + i) % Streams;
                events.Add(TestEvents.At(++_position, to));
                _added[to].Add(_position);
                _held.Add(_position);
            }

            _cache.AddToCache(events);
        }

        /// <summary>As an agent does: at the oldest event held, by its token.</summary>
        private void Subscribe(int stream)
        {
            var held = _added[stream].Where(_held.Contains).ToList();
            var token = held.Count > 0 ? TestEvents.At(held[0], stream).SequenceToken : null;
            var cursor = _cache.GetCacheCursor(TestEvents.At(1, stream).StreamId, token);
            var at = held.Count > 0 ? _added[stream].IndexOf(held[0]) : _added[stream].Count;
            _readers[stream].Add(new() { Cursor = cursor, Next = at });
        }

        private void Move(int stream, int which)
        {
            if (_readers[stream].Count == 0) return;
            var reader = _readers[stream][which % _readers[stream].Count];
            if (reader.Cursor.GetCurrent(out _) is EventBatch delivered) delivered.Delivered();
            reader.InHand = 0;
            Take(stream, reader);
        }

        /// <summary>A delivery in vain: a batch comes again one by one, all of it or, when its first event was tried alone and settled, the rest.</summary>
        private void Fail(int stream, int which)
        {
            if (_readers[stream].Count == 0) return;
            var reader = _readers[stream][which % _readers[stream].Count];
            if (reader.Cursor.GetCurrent(out _) is EventBatch failed)
            {
                failed.Failed();
                if (which > 2) failed.GoAlone();
                reader.AloneBefore = reader.Next;
                reader.Next = reader.Floor + (which > 2 ? 1 : 0);
            }

            reader.InHand = 0;
            Take(stream, reader);
        }

        private void Take(int stream, Reader reader)
        {
            var expected = _added[stream].Skip(reader.Next).Take(reader.IsNew || reader.Next < reader.AloneBefore ? 1 : batch).ToList();
            Assert.Equal(expected.Count > 0, reader.Cursor.MoveNext());
            Assert.Equal(expected, reader.Cursor.GetCurrent(out _) switch
            {
                null => [],
                EventBatch several => several.Events.Select(e => e.Position),
                var one => [((StreamedEvent)one).Position],
            });
            reader.IsNew &= expected.Count == 0;
            reader.InHand = expected.Count;
            reader.Next += expected.Count;
            ReleaseRead(stream);
        }

        private void Unsubscribe(int stream)
        {
            if (_readers[stream].Count == 0) return;
            _readers[stream][0].Cursor.Dispose();
            _readers[stream].RemoveAt(0);
            ReleaseRead(stream);
        }

        private void Purge()
        {
            for (var stream = 0; stream < Streams; stream++)
            {
                if (_readers[stream].Count == 0) Release(_added[stream]);
            }

            Assert.Equal(_notYetPurged.Order(), EventCacheTests.Purged(_cache).Order());
            _notYetPurged.Clear();
        }

        private void ReleaseRead(int stream)
        {
            if (_readers[stream].Count > 0) Release(_added[stream].Take(_readers[stream].Min(reader => reader.Floor)));
        }

        private void Release(IEnumerable<long> positions)
        {
            foreach (var position in positions.Where(_held.Remove)) _notYetPurged.Add(position);
        }
    }

    private sealed class Reader
    {
        public required EventCursor Cursor { get; init; }
        public int Next { get; set; }
        public int InHand { get; set; }
        public bool IsNew { get; set; } = true;
        public int AloneBefore { get; set; }
        public int Floor => Next - InHand;
    }
}
