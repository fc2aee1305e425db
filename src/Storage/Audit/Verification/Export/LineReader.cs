namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>Lines of a file as bytes, read in place.</summary>
internal sealed class LineReader(Stream from)
{
    /// <summary>Bytes: the longest note, each of its characters escaped, and more than the longest record.</summary>
    public const int Longest = 2 << 20;

    private byte[] _buffer = new byte[256 << 10];
    private int _start, _end, _scanned;

    /// <summary>The line that was read last, without its newline.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <returns>False: the file is at its end.</returns>
    /// <exception cref="FormatException">The last line has no end, or one is longer than <see cref="Longest"/>.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        while (true)
        {
            var newline = _buffer.AsSpan(_scanned, _end - _scanned).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                Current = _buffer.AsMemory(_start, _scanned + newline - _start);
                _start = _scanned += newline + 1;
                return true;
            }

            _scanned = _end;
            if (!await FillAsync(ct)) return _start == _end ? false : throw new FormatException("the last line has no end");
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken ct)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end, _scanned) = (0, _end - _start, _scanned - _start);
        if (_end == Longest) throw new FormatException("a line is too long");
        if (_end == _buffer.Length) Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, Longest));
        var read = await from.ReadAsync(_buffer.AsMemory(_end), ct);
        _end += read;
        return read > 0;
    }
}
