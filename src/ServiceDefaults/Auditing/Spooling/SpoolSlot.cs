using System.Globalization;

namespace ComplianceGrid.ServiceDefaults.Auditing.Spooling;

/// <summary>
/// One process' subfolder, held by a lock that ends with the process, however it ends. A restarted process takes the lowest free one,
/// which is its predecessor's, with all that the predecessor left.
/// </summary>
internal sealed class SpoolSlot : IDisposable
{
    private const int Most = 1_000;
    private readonly FileStream _lock;

    private SpoolSlot(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public static SpoolSlot TakeFree(string directory)
    {
        for (var number = 0; number < Most; number++)
        {
            var path = System.IO.Path.Combine(directory, number.ToString(CultureInfo.InvariantCulture));
            if (!Directory.Exists(path))
            {
                Directory.CreateDirectory(path);
                DurableNames.Sync(directory);
            }

            if (TryTake(path) is { } slot) return slot;
        }

        throw new InvalidOperationException($"All {Most} spools in {directory} are in use.");
    }

    /// <summary>Null: another process holds it.</summary>
    public static SpoolSlot? TryTake(string path)
    {
        try
        {
            return new(path, new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The other processes' subfolders.</summary>
    public IEnumerable<string> Siblings() =>
        Directory.EnumerateDirectories(System.IO.Path.GetDirectoryName(Path)!).Where(path => path != Path).Order(StringComparer.Ordinal);

    public IEnumerable<string> Files(string pattern) => FilesIn(Path, pattern);

    /// <summary>In the order in which they were begun.</summary>
    public static IEnumerable<string> FilesIn(string path, string pattern) => Directory.EnumerateFiles(path, pattern).Order(StringComparer.Ordinal);

    public void Dispose() => _lock.Dispose();
}
