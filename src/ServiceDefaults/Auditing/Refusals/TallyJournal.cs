using System.Globalization;
using System.Text;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;

namespace ComplianceGrid.ServiceDefaults.Auditing.Refusals;

/// <summary>
/// Keeps the tallies of the running minute on the disk, in the spool's own files: each refusal is durable before it is answered, and one
/// sync serves all that came meanwhile. Bounded: it is written anew when it has grown.
/// </summary>
internal sealed class TallyJournal : IDisposable
{
    public const string Suffix = ".tally";
    private const long MostBytes = 8 << 20;
    private const long Allocated = 256 << 10;

    private readonly Spool _spool;
    private readonly Func<IEnumerable<Tally>> _live;
    private readonly Lock _disk = new();
    private readonly GroupSync<Tally> _group;
    private readonly List<string> _files = [];
    private SegmentWriter? _open;
    private long _number;

    /// <param name="live">All tallies that are not yet in the log.</param>
    public TallyJournal(Spool spool, Func<IEnumerable<Tally>> live)
    {
        (_spool, _live, _group) = (spool, live, new(Write));
        Left = [.. spool.Slot.Files("*" + Suffix)];
        if (Left.Count > 0) _number = long.Parse(Path.GetFileNameWithoutExtension(Left[^1].AsSpan()), CultureInfo.InvariantCulture);
    }

    /// <summary>Files that an earlier process left.</summary>
    public IReadOnlyList<string> Left { get; private set; }

    /// <summary>Returns when the tally, as it is now or later, is durable.</summary>
    public Task WriteAsync(Tally tally) => _group.AddAsync(tally);

    /// <summary>The tallies of earlier processes' files, each as it stood last, as entries.</summary>
    public static List<AuditEntry> Entries(Spool spool, IEnumerable<string> files)
    {
        var last = new Dictionary<Guid, TallyState>();
        foreach (var line in files.SelectMany(spool.Frames).SelectMany(Lines)) last[line.First.Id] = line;
        return [.. last.Values.Select(state => state.ToEntry())];
    }

    /// <summary>What was left is in the log.</summary>
    public void RemoveLeft()
    {
        foreach (var file in Left) File.Delete(file);
        Left = [];
    }

    /// <summary>Begins a file with what lives, and removes those before it.</summary>
    public void Renew()
    {
        lock (_disk)
        {
            if (_open is null && _files.Count == 0) return;
            RenewOnDisk();
        }
    }

    public void Dispose()
    {
        lock (_disk) _open?.Dispose();
    }

    private static IEnumerable<TallyState> Lines(byte[] frame) =>
        Encoding.UTF8.GetString(frame).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => TallyJson.Read(Encoding.UTF8.GetBytes(line)));

    private void Write(IReadOnlyList<Tally> batch)
    {
        lock (_disk)
        {
            try
            {
                _open ??= Begin();
                Append(batch.Distinct());
                if (_open.Length > MostBytes) RenewOnDisk();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _open?.Dispose(); // never written again
                _open = null;
                throw new SpoolException("The journal of refusals could not be written.", error);
            }
        }
    }

    private void RenewOnDisk()
    {
        string[] before = [.. _files];
        _open?.Dispose();
        _open = null;
        var live = _live().ToList();
        if (live.Count > 0)
        {
            _open = Begin();
            Append(live);
        }

        foreach (var file in before)
        {
            File.Delete(file);
            _files.Remove(file);
        }
    }

    private SegmentWriter Begin()
    {
        var writer = SegmentWriter.Create(Path.Combine(_spool.Slot.Path, string.Create(CultureInfo.InvariantCulture, $"{++_number:D12}{Suffix}")), _spool.Key, Allocated);
        _files.Add(writer.Path);
        return writer;
    }

    private void Append(IEnumerable<Tally> tallies)
    {
        foreach (var part in tallies.Chunk(500)) _open!.Append([.. part.SelectMany(tally => TallyJson.Line(tally.State))]);
        _open!.Sync();
    }
}
