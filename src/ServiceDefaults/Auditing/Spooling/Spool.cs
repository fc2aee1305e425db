using System.Globalization;
using ComplianceGrid.Audit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.ServiceDefaults.Auditing.Spooling;

/// <summary>
/// Entries on the local disk while their store does not answer: sealed, synced, bounded, in order. One file is written at a time; closed
/// ones wait to be drained, oldest first, those of an earlier process before all.
/// </summary>
public sealed partial class Spool : IDisposable
{
    internal const string Suffix = ".seg";

    private readonly Lock _gate = new();
    private readonly Lock _disk = new(); // taken before _gate
    private readonly GroupSync<Pending> _group;
    private readonly SpoolOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<Spool> _log;
    private readonly SortedDictionary<string, SpoolSegment> _closed = new(StringComparer.Ordinal);
    private SegmentWriter? _open;
    private SpoolSegment _filling = Empty;
    private long _reserved;
    private bool _failed;
    private long _number;

    public Spool(IOptions<SpoolOptions> options, TimeProvider clock, ILogger<Spool> log)
    {
        (_options, _clock, _log) = (options.Value, clock, log);
        _group = new(Write);
        Directory.CreateDirectory(_options.Directory);
        Key = SpoolKey.Load(_options);
        Slot = SpoolSlot.TakeFree(Path.GetFullPath(_options.Directory));
        foreach (var path in Slot.Files("*" + Suffix)) TakeOver(path);
        Heal();
    }

    private static SpoolSegment Empty { get; } = new("", 0, 0, default, default);

    internal SpoolKey Key { get; }

    internal SpoolSlot Slot { get; }

    /// <summary>Entries that wait, and their sealed bytes. Those of a log that refuses are held, and wait for nobody else.</summary>
    public SpoolFigures Figures
    {
        get
        {
            lock (_gate)
            {
                var now = _clock.GetUtcNow();
                var all = _closed.Values.Append(_filling).Where(segment => segment.Entries > 0).ToList();
                return new(all.Sum(segment => segment.Entries), all.Sum(segment => segment.Bytes), all.Where(segment => segment.NotBefore > now).Sum(segment => segment.Entries),
                    all.Count == 0 ? null : all.Min(segment => segment.First), HasRoom);
            }
        }
    }

    /// <summary>Whether a usual request would be let in now.</summary>
    private bool HasRoom => !_failed && Used + _reserved < _options.MaxBytes;

    private long Used => _filling.Bytes + _closed.Values.Sum(segment => segment.Bytes);

    /// <summary>Keeps room for entries that an act may leave. Give it back by <see cref="Release"/>.</summary>
    public bool TryReserve(int bytes)
    {
        lock (_gate)
        {
            if (_failed || Used + _reserved + bytes > _options.MaxBytes) return false;
            _reserved += bytes;
            return true;
        }
    }

    public void Release(int bytes)
    {
        lock (_gate) _reserved -= bytes;
    }

    /// <summary>Returns when the entries are on the disk: data, length and name.</summary>
    /// <exception cref="SpoolException">They are not.</exception>
    public Task AppendAsync(IReadOnlyCollection<AuditEntry> entries) => AppendAsync(entries, default);

    /// <summary>Whether anything waits that was not yet taken by the drain; held entries do not count.</summary>
    internal bool HasWaiting
    {
        get
        {
            lock (_gate) return _filling.Entries > 0 || (_closed.Count > (Taken is null ? 0 : 1) && NextClosed(Taken) is not null);
        }
    }

    internal bool IsEmpty
    {
        get
        {
            lock (_gate) return _filling.Entries == 0 && _closed.Count == 0;
        }
    }

    /// <summary>What the drain has in hand.</summary>
    private SpoolSegment? Taken { get; set; }

    /// <summary>The oldest segment that is not held, taken by the one drain; null: there is nothing to drain.</summary>
    internal SpoolSegment? Take()
    {
        lock (_disk)
        {
            lock (_gate)
            {
                if (NextClosed(null) is { } next) return Taken = next;
                if (_filling.Entries == 0) return null;
                Close();
                Taken = NextClosed(null);
            }

            Heal();
            return Taken;
        }
    }

    internal void GiveBack()
    {
        lock (_gate) Taken = null;
    }

    /// <summary>Every entry of the segment is durable elsewhere.</summary>
    internal void Remove(SpoolSegment segment)
    {
        File.Delete(segment.Path);
        lock (_gate)
        {
            _closed.Remove(segment.Path);
            Taken = null;
        }
    }

    /// <summary>Puts entries, whose logs refuse them, into a file of their own until an instant.</summary>
    internal async Task HoldAsync(IReadOnlyCollection<AuditEntry> entries, DateTimeOffset until) => await AppendAsync(entries, until);

    internal List<AuditEntry> Read(SpoolSegment segment) => Read(segment.Path);

    /// <summary>Opens a file that is needed to append. While that fails the spool has no room.</summary>
    internal void Heal()
    {
        lock (_disk)
        {
            if (_open is not null) return;
            try
            {
                var writer = Create();
                lock (_gate) (_open, _filling, _failed) = (writer, Empty with { Path = writer.Path }, false);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                lock (_gate) _failed = true;
                LogDisk(error);
            }
        }
    }

    public void Dispose()
    {
        lock (_disk)
        {
            var last = _open;
            lock (_gate)
            {
                if (_filling.Entries > 0) Close();
                _open = null;
            }

            last?.Dispose();
            if (last is not null && !_closed.ContainsKey(last.Path)) File.Delete(last.Path);
        }

        Slot.Dispose();
    }

    private async Task AppendAsync(IReadOnlyCollection<AuditEntry> entries, DateTimeOffset heldUntil)
    {
        if (entries.Count == 0) return;
        var pending = new Pending(SpoolJson.Lines(entries), entries.Count, entries.Min(entry => entry.Timestamp), heldUntil);
        await _group.AddAsync(pending);
        if (pending.Refused) throw new SpoolException("The spool has no room.");
    }

    private SpoolSegment? NextClosed(SpoolSegment? other)
    {
        var now = _clock.GetUtcNow();
        foreach (var segment in _closed.Values)
            if (segment != other && segment.NotBefore <= now) return segment;
        return null;
    }

    private SegmentWriter Create() =>
        SegmentWriter.Create(Path.Combine(Slot.Path, string.Create(CultureInfo.InvariantCulture, $"{++_number:D12}{Suffix}")), Key, _options.SegmentBytes);

    private sealed record Pending(byte[] Lines, int Entries, DateTimeOffset First, DateTimeOffset HeldUntil)
    {
        public bool Refused { get; set; }
    }
}

/// <param name="Entries">All that wait, the held ones too.</param>
/// <param name="Oldest">When the oldest act was; null: nothing waits.</param>
public sealed record SpoolFigures(int Entries, long Bytes, int Held, DateTimeOffset? Oldest, bool HasRoom);
