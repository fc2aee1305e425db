using System.Buffers.Binary;
using Npgsql;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>
/// Rows of a binary COPY, read in place: no row costs an allocation. Driver rows (a string for each column) would be most of a
/// verification's time.
/// </summary>
internal sealed class CopyRows(NpgsqlRawCopyStream copy) : IAsyncDisposable
{
    private const int BufferSize = 256 << 10;
    private const int HeaderSize = 19; // signature (11), flags (4), length of an extension (4), of which there is none
    private const short End = -1;

    private readonly (int Start, int Length)[] _fields = new (int, int)[StoredRow.Columns];
    private byte[] _buffer = new byte[BufferSize];
    private int _start = HeaderSize, _end;
    private bool _isAtEnd;

    /// <summary>The row that was read last.</summary>
    public StoredRow Current => new(_buffer, _fields);

    /// <returns>False: there is none left.</returns>
    public async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        while (true)
        {
            if (TryParse()) return !_isAtEnd;
            await FillAsync(ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isAtEnd) await copy.CancelAsync(); // else the server would send the rest first
        await copy.DisposeAsync();
    }

    /// <returns>False: the row is not whole yet.</returns>
    private bool TryParse()
    {
        var at = _start;
        if (_end - at < sizeof(short)) return false;
        var fields = BinaryPrimitives.ReadInt16BigEndian(_buffer.AsSpan(at));
        at += sizeof(short);
        if (fields == End) return _isAtEnd = true;
        if (fields != StoredRow.Columns) throw new InvalidDataException($"A row of {fields} columns came.");
        for (var i = 0; i < fields; i++)
        {
            if (_end - at < sizeof(int)) return false;
            var length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(at));
            at += sizeof(int);
            if (_end - at < length) return false;
            _fields[i] = (at, length);
            at += Math.Max(length, 0);
        }

        _start = at;
        return true;
    }

    private async ValueTask FillAsync(CancellationToken ct)
    {
        if (_start > 0 && _start <= _end)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2); // a row longer than the buffer
        var read = await copy.ReadAsync(_buffer.AsMemory(_end), ct);
        if (read == 0) throw new EndOfStreamException("The rows ended within one.");
        _end += read;
    }
}
