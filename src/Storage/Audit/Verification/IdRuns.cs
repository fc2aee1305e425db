using System.Runtime.InteropServices;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>
/// Finds ids that come twice among any number, in bounded memory: beyond <see cref="InMemory"/> they go to a temporary file that
/// nobody else can open, in parts that no id shares with another.
/// </summary>
internal sealed class IdRuns : IDisposable
{
    /// <summary>Ids kept in memory, of 24 bytes each.</summary>
    public const int InMemory = 1 << 20;

    private const int Parts = 256;

    private readonly List<Seen> _newest = [];
    private readonly List<(long At, int Count)>[] _runs = [.. Enumerable.Range(0, Parts).Select(_ => new List<(long, int)>())];
    private readonly int _inMemory;
    private FileStream? _file;

    public IdRuns(int inMemory = InMemory) => _inMemory = inMemory;

    public void Add(Guid id, long index)
    {
        if (_newest.Count == _inMemory) Spill();
        _newest.Add(new(id, index));
    }

    /// <summary>The first row whose id an earlier one has; null: all differ.</summary>
    public (long Index, Guid Id)? FirstRepeat()
    {
        if (_file is null) return FirstRepeat(CollectionsMarshal.AsSpan(_newest));
        Spill();
        (long Index, Guid Id)? first = null;
        foreach (var runs in _runs)
        {
            if (FirstRepeat(Read(runs)) is { } repeat && !(repeat.Index > first?.Index)) first = repeat;
        }

        return first;
    }

    public void Dispose() => _file?.Dispose();

    private static (long Index, Guid Id)? FirstRepeat(ReadOnlySpan<Seen> seen) // in the order of their indices
    {
        var known = new HashSet<Guid>(seen.Length);
        foreach (var one in seen)
        {
            if (!known.Add(one.Id)) return (one.Index, one.Id);
        }

        return null;
    }

    private void Spill()
    {
        _file ??= new(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        foreach (var part in _newest.GroupBy(one => one.Part))
        {
            Seen[] run = [.. part];
            _runs[part.Key].Add((_file.Position, run.Length));
            _file.Write(MemoryMarshal.AsBytes(run.AsSpan()));
        }

        _newest.Clear();
    }

    private Seen[] Read(List<(long At, int Count)> runs)
    {
        var seen = new Seen[runs.Sum(run => run.Count)];
        var to = seen.AsSpan();
        foreach (var (at, count) in runs)
        {
            _file!.Position = at;
            _file.ReadExactly(MemoryMarshal.AsBytes(to[..count]));
            to = to[count..];
        }

        return seen;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Seen(Guid Id, long Index)
    {
        public int Part => (Id.GetHashCode() & int.MaxValue) % Parts;
    }
}
