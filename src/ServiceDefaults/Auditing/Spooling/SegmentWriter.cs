using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ComplianceGrid.ServiceDefaults.Auditing.Spooling;

/// <summary>Appends to one segment file. After a failed write or sync the file must not be written again: what is on disk is not known, and a nonce could come twice.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly SegmentKeys _keys;
    private readonly AesGcm _seal;
    private ulong _frames;
    private long _synced;

    private SegmentWriter(string path, FileStream file, SegmentKeys keys)
    {
        (Path, _file, _keys) = (path, file, keys);
        _seal = new(keys.Seal, SegmentFormat.TagSize);
    }

    public string Path { get; }

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Returns when file, header and name are durable.</summary>
    /// <param name="allocate">Bytes to allocate ahead.</param>
    /// <exception cref="IOException">No room, or another fault of the disk.</exception>
    public static SegmentWriter Create(string path, SpoolKey key, long allocate)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0, PreallocationSize = allocate };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(path, options);
        try
        {
            var header = new byte[SegmentFormat.HeaderSize];
            SegmentFormat.Magic.CopyTo(header);
            var salt = header.AsSpan(SegmentFormat.Magic.Length, SpoolKey.SaltSize);
            RandomNumberGenerator.Fill(salt);
            var keys = key.For(salt);
            SegmentFormat.WriteFileProof(keys, System.IO.Path.GetFileName(path), header.AsSpan(^SegmentFormat.ProofSize..));
            var writer = new SegmentWriter(path, file, keys);
            writer.Write(header);
            writer.Sync();
            DurableNames.Sync(System.IO.Path.GetDirectoryName(path)!);
            return writer;
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Seals and writes one frame; durable only after <see cref="Sync"/>.</summary>
    public void Append(ReadOnlySpan<byte> content)
    {
        var frame = new byte[SegmentFormat.FrameOverhead + content.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)content.Length);
        SegmentFormat.WriteFrameProof(_keys, _frames, (uint)content.Length, frame.AsSpan(sizeof(uint), SegmentFormat.ProofSize));
        Span<byte> nonce = stackalloc byte[12];
        SegmentFormat.WriteNonce(_frames, nonce);
        _seal.Encrypt(nonce, content, frame.AsSpan(SegmentFormat.FrameHeaderSize, content.Length), frame.AsSpan(^SegmentFormat.TagSize..));
        _frames++;
        Write(frame);
    }

    public void Sync()
    {
        RandomAccess.FlushToDisk(_file.SafeFileHandle);
        _synced = Length;
    }

    /// <summary>Ends the file at what is durable, and gives back what was allocated ahead.</summary>
    public void Dispose()
    {
        if (!_file.CanWrite) return;
        try
        {
            RandomAccess.SetLength(_file.SafeFileHandle, _synced);
        }
        catch (IOException)
        {
            // A disk that has failed: a reader recognises what was not written whole.
        }

        _file.Dispose();
        _seal.Dispose();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file.SafeFileHandle, bytes, Length);
        Length += bytes.Length;
    }
}
