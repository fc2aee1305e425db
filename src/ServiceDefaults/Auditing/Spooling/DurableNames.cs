using System.Runtime.InteropServices;

namespace ComplianceGrid.ServiceDefaults.Auditing.Spooling;

/// <summary>What .NET has no call for: names of files that are there once and stay.</summary>
public static partial class DurableNames
{
    private const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC (Linux)

    /// <summary>fsync of a directory: without it a new file's name may be gone after a power cut, and all that was synced in it.</summary>
    /// <exception cref="IOException">The directory cannot be opened or synced.</exception>
    public static void Sync(string directory)
    {
        if (!OperatingSystem.IsLinux()) return; // elsewhere the flags differ, or the call is not needed
        var descriptor = Open(directory, ReadOnlyDirectory);
        if (descriptor < 0) throw Failed("open", directory);
        try
        {
            if (Fsync(descriptor) != 0) throw Failed("fsync", directory);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Gives a finished file its name, unless the name is taken: of several that try at once one succeeds.</summary>
    public static void TryLink(string draft, string name)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!File.Exists(name)) File.Copy(draft, name);
            return;
        }

        if (Link(draft, name) != 0 && !File.Exists(name)) throw Failed("link", name);
    }

    private static IOException Failed(string call, string path) => new($"{call} of {path} failed: errno {Marshal.GetLastPInvokeError()}.");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string path, string name);
}
