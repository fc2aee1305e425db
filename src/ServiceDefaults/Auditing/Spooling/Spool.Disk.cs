using System.Globalization;
using ComplianceGrid.Audit;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.ServiceDefaults.Auditing.Spooling;

// What happens on the disk; one thread at a time, under _disk.
public sealed partial class Spool
{
    private void Write(IReadOnlyList<Pending> batch)
    {
        lock (_disk)
        {
            Heal();
            if (_open is null) throw new SpoolException("The spool's disk takes nothing.");
            var fitting = Fitting(batch);
            if (fitting.Count == 0) return;
            try
            {
                foreach (var held in fitting.GroupBy(pending => pending.HeldUntil).OrderBy(group => group.Key)) WriteGroup(held.Key, [.. held]);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                LogDisk(error);
                Abandon();
                throw new SpoolException("The spool's disk failed.", error);
            }
        }
    }

    /// <summary>What was reserved is kept for those who reserved it, and held entries leave a file as large as the one they come to.</summary>
    private List<Pending> Fitting(IReadOnlyList<Pending> batch)
    {
        var fitting = new List<Pending>(batch.Count);
        long room;
        lock (_gate) room = _options.MaxBytes - Used;
        foreach (var pending in batch)
        {
            var size = pending.Lines.Length + SegmentFormat.FrameOverhead;
            pending.Refused = size > room && pending.HeldUntil == default;
            if (pending.Refused) continue;
            room -= size;
            fitting.Add(pending);
        }

        return fitting;
    }

    private void WriteGroup(DateTimeOffset heldUntil, List<Pending> group)
    {
        if (heldUntil != default)
        {
            CloseFilled();
            if (_open is null) throw new IOException("No file to hold entries in.");
        }

        using var content = new MemoryStream();
        foreach (var pending in group)
        {
            if (content.Length > 0 && content.Length + pending.Lines.Length > SegmentFormat.MostContent) AppendFrame(content);
            content.Write(pending.Lines);
        }

        AppendFrame(content);
        _open!.Sync();
        lock (_gate)
            _filling = _filling with
            {
                Bytes = _open.Length,
                Entries = _filling.Entries + group.Sum(pending => pending.Entries),
                First = _filling.Entries == 0 ? group[0].First : _filling.First,
                NotBefore = heldUntil,
            };
        if (heldUntil != default || _open.Length >= _options.SegmentBytes) CloseFilled();
    }

    private void AppendFrame(MemoryStream content)
    {
        _open!.Append(content.GetBuffer().AsSpan(0, (int)content.Length));
        content.SetLength(0);
    }

    /// <summary>Closes the file when it holds anything, and opens the next.</summary>
    private void CloseFilled()
    {
        lock (_gate)
        {
            if (_filling.Entries == 0) return;
            Close();
        }

        Heal();
    }

    // Under both locks.
    private void Close()
    {
        _open?.Dispose();
        if (_filling.Entries > 0) _closed.Add(_filling.Path, _filling);
        (_open, _filling) = (null, Empty);
    }

    private void Abandon()
    {
        var path = _open?.Path;
        lock (_gate)
        {
            Close();
            _failed = true;
        }

        if (path is not null && !_closed.ContainsKey(path)) TryDelete(path);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // It holds nothing that anybody was promised; the next start removes it.
        }
    }

    /// <summary>A file that an earlier process left.</summary>
    private void TakeOver(string path)
    {
        _number = Math.Max(_number, long.Parse(Path.GetFileNameWithoutExtension(path.AsSpan()), CultureInfo.InvariantCulture));
        var entries = Read(path);
        if (entries.Count == 0) TryDelete(path);
        else _closed.Add(path, new(path, new FileInfo(path).Length, entries.Count, entries[0].Timestamp, default));
    }

    internal List<AuditEntry> Read(string path) => SpoolJson.Entries(Frames(path));

    /// <summary>The good frames of a file; one that is refused is kept aside for whoever looks into it.</summary>
    internal IReadOnlyList<byte[]> Frames(string path)
    {
        var content = SegmentReader.Read(path, Key);
        if (content.End == SegmentEnd.Torn) LogTorn(path, content.Frames.Count);
        if (content.End == SegmentEnd.Refused)
        {
            var aside = path + ".refused";
            if (!File.Exists(aside)) File.Copy(path, aside);
            SpoolTelemetry.RefusedFiles.Add(1);
            LogRefused(path, content.Frames.Count);
        }

        return content.Frames;
    }

    [LoggerMessage(20, LogLevel.Error, "The audit spool's disk failed: until it works again there is no room.")]
    private partial void LogDisk(Exception error);

    [LoggerMessage(21, LogLevel.Warning, "{File} ends within a write that was never acknowledged; the {Frames} writes before it are good.")]
    private partial void LogTorn(string file, int frames);

    [LoggerMessage(22, LogLevel.Critical, "{File} was altered, moved, or sealed with another key. It is kept beside with the ending .refused; its first {Frames} writes are good and go their way.")]
    private partial void LogRefused(string file, int frames);
}
