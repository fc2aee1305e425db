using System.Security.Cryptography;

namespace ComplianceGrid.ServiceDefaults.Auditing.Spooling;

/// <summary>The service's own spool key. No file is sealed with it: each has keys of its own, derived with the file's salt (HKDF-SHA-256, RFC 5869).</summary>
internal sealed class SpoolKey
{
    public const int SaltSize = 32;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly byte[] _key;

    private SpoolKey(byte[] key) => _key = key;

    /// <summary>Loads it, or makes one in the folder where none is configured.</summary>
    /// <exception cref="InvalidOperationException">The file is absent, open to others, or holds no 32-byte key.</exception>
    public static SpoolKey Load(SpoolOptions options)
    {
        var file = options.KeyFile is { Length: > 0 } configured ? configured : Path.Combine(options.Directory, "spool.key");
        if (string.IsNullOrEmpty(options.KeyFile)) EnsureMade(file);
        return new(KeyFile.Read(file, "The spool key file"));
    }

    public SegmentKeys For(ReadOnlySpan<byte> salt) => new(Derive(salt, "audit spool seal"u8), Derive(salt, "audit spool frame"u8));

    private byte[] Derive(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info)
    {
        var derived = new byte[KeyFile.Size];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, derived, salt, info);
        return derived;
    }

    // Linked into place: of two processes that start at once, both read the one that was first.
    private static void EnsureMade(string file)
    {
        if (File.Exists(file)) return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var draft = $"{file}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Owner;
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyFile.Size))));
            stream.Flush(flushToDisk: true);
        }

        DurableNames.TryLink(draft, file);
        File.Delete(draft);
        DurableNames.Sync(Path.GetDirectoryName(Path.GetFullPath(file))!);
    }
}

/// <param name="Seal">AES-256-GCM key of the file's frames; a frame's number is its nonce, so a nonce never comes twice.</param>
/// <param name="Frame">HMAC-SHA-256 key of the file's header and the frames' lengths.</param>
internal sealed record SegmentKeys(byte[] Seal, byte[] Frame);
