using System.Globalization;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Chaos;

/// <summary>A disk of a few megabytes (tmpfs) that can be filled to the last byte. It is among the mounts of this program alone, and goes with them.</summary>
public sealed class SmallDisk(string folder)
{
    private const int Megabytes = 8;
    private const int Block = 4096;

    private bool _mounted;

    private string Filler => Path.Combine(folder, "filler");

    public async Task MountAsync()
    {
        Directory.CreateDirectory(folder);
        await Tool.RunAsync("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={Megabytes}m,mode=700"), "compliance-grid-chaos", folder);
        _mounted = true;
    }

    /// <summary>At once, whoever has files open there; nothing when it could not be mounted.</summary>
    public Task UnmountAsync() => _mounted ? Tool.RunAsync("umount", "--lazy", folder) : Task.CompletedTask;

    public void Fill()
    {
        using var filler = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[Block];
        try
        {
            while (filler.Length < Megabytes << 20) filler.Write(block);
            throw new InvalidOperationException($"{folder} is larger than it was made.");
        }
        catch (IOException)
        {
            // Full, as was wanted.
        }
    }

    public void Empty() => File.Delete(Filler);
}
