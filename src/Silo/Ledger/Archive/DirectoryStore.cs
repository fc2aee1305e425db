using ComplianceGrid.ServiceDefaults.Auditing.Spooling;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Silo.Ledger.Archive;

/// <summary>Files of mode 0440 under a directory. Each is finished and synced before it gets its name, so none is ever seen in part.</summary>
/// <param name="root">Made when it is missing.</param>
internal sealed class DirectoryStore(string root) : IObjectStore
{
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead;
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
    private const char Draft = '.';

    public async Task<byte[]> PutOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var path = PathOf(name);
        var folder = Path.GetDirectoryName(path)!;
        Make(folder);
        if (!File.Exists(path)) await CreateAsync(folder, path, content, ct);
        for (var level = folder; level.Length >= root.Length; level = Path.GetDirectoryName(level)!) DurableNames.Sync(level); // whoever made it may have died before
        return await ReadAsync(name, ct) ?? throw new IOException("The archive's file is gone again.");
    }

    public async Task<byte[]?> ReadAsync(string name, CancellationToken ct)
    {
        try
        {
            await using var file = new FileStream(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
            var content = new byte[SignedNote.LongestNote + 1]; // longer is none of ours
            var length = await file.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, ct);
            return content[..length];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public Task<IReadOnlyList<string>> ListAsync(string folder, CancellationToken ct)
    {
        Make(root);
        var path = PathOf(folder);
        return Task.FromResult<IReadOnlyList<string>>(Directory.Exists(path)
            ? [.. Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry)).Where(entry => entry[0] != Draft)]
            : []);
    }

    private static async Task CreateAsync(string folder, string path, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var draft = Path.Combine(folder, Draft + Path.GetRandomFileName());
        try
        {
            await using (var file = new FileStream(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
            {
                await file.WriteAsync(content, ct);
                if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file.SafeFileHandle, ReadOnly);
                file.Flush(flushToDisk: true);
            }

            DurableNames.TryLink(draft, path);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static void Make(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, FolderMode);
    }

    private string PathOf(string name) => Path.Combine(root, name.Replace('/', Path.DirectorySeparatorChar));
}
