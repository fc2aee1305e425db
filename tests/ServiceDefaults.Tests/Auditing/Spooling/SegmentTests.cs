using System.Text;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;

namespace ComplianceGrid.ServiceDefaults.Tests.Auditing.Spooling;

public sealed class SegmentTests
{
    private static readonly string[] Contents = ["first", "second, which is longer", "third"];

    [Fact]
    public void What_was_written_is_read_and_nothing_of_it_stands_in_clear()
    {
        using var folder = new Folder();
        var (key, path) = Write(folder);
        var content = SegmentReader.Read(path, key);
        Assert.Equal((SegmentEnd.Whole, Contents.Length), (content.End, content.Frames.Count));
        Assert.Equal(Contents, content.Frames.Select(Encoding.UTF8.GetString));
        Assert.DoesNotContain("second", Encoding.Latin1.GetString(File.ReadAllBytes(path)));
        Assert.True(new FileInfo(path).Length < 4096); // what was allocated ahead is given back
    }

    /// <summary>Cut at every byte, as a process that dies within a write leaves it.</summary>
    [Fact]
    public void A_torn_tail_is_dropped_and_what_was_before_it_is_good()
    {
        using var folder = new Folder();
        var (key, path) = Write(folder);
        var whole = File.ReadAllBytes(path);
        var ends = Ends();
        for (var cut = 0; cut < whole.Length; cut++)
        {
            File.WriteAllBytes(path, whole[..cut]);
            var content = SegmentReader.Read(path, key);
            var end = cut == SegmentFormat.HeaderSize || ends.Contains(cut) ? SegmentEnd.Whole : SegmentEnd.Torn;
            Assert.Equal((end, ends.Count(frame => frame <= cut)), (content.End, content.Frames.Count));
        }
    }

    /// <summary>The length is on the disk and the last frame's sectors are not, as a machine that loses power leaves it.</summary>
    [Fact]
    public void Sectors_that_were_never_written_are_a_torn_tail_too()
    {
        using var folder = new Folder();
        var big = new string('x', 5_000);
        var (key, path) = Write(folder, [.. Contents, big]);
        var whole = File.ReadAllBytes(path);
        for (var border = Ends()[^1] / 512 * 512; border < whole.Length; border += 512)
        {
            byte[] torn = [.. whole[..border], .. new byte[whole.Length - border]];
            whole.AsSpan(0, Ends()[^1]).CopyTo(torn); // what was synced before is there
            File.WriteAllBytes(path, torn);
            Assert.Equal((SegmentEnd.Torn, Contents.Length), Read(path, key));
        }
    }

    [Fact]
    public void An_altered_file_is_refused_from_there_on()
    {
        using var folder = new Folder();
        var (key, path) = Write(folder);
        var whole = File.ReadAllBytes(path);
        for (var at = 0; at < whole.Length; at++)
        {
            byte[] altered = [.. whole];
            altered[at] ^= 0x40;
            File.WriteAllBytes(path, altered);
            var content = SegmentReader.Read(path, key);
            Assert.True(content.End == SegmentEnd.Refused, $"byte {at}: {content.End}");
            Assert.Equal(Ends().Count(end => end <= at), content.Frames.Count);
        }
    }

    [Fact]
    public void Frames_in_another_order_a_frame_less_and_another_name_are_refused()
    {
        using var folder = new Folder();
        var (key, path) = Write(folder);
        var whole = File.ReadAllBytes(path);
        var ends = Ends();
        File.WriteAllBytes(path, [.. whole[..SegmentFormat.HeaderSize], .. whole[ends[0]..]]);
        Assert.Equal((SegmentEnd.Refused, 0), Read(path, key));
        File.WriteAllBytes(path, [.. whole[..ends[0]], .. whole[ends[1]..]]);
        Assert.Equal((SegmentEnd.Refused, 1), Read(path, key));
        var moved = Path.Combine(folder.Path, "000000000002.seg");
        File.WriteAllBytes(moved, whole);
        Assert.Equal((SegmentEnd.Refused, 0), Read(moved, key));
    }

    [Fact]
    public void Another_key_opens_nothing()
    {
        using var folder = new Folder();
        using var other = new Folder();
        var (_, path) = Write(folder);
        Assert.Equal((SegmentEnd.Refused, 0), Read(path, SpoolKey.Load(new() { Directory = other.Path })));
    }

    [Fact]
    public void A_key_file_that_others_may_read_is_not_taken()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new Folder();
        SpoolKey.Load(new() { Directory = folder.Path });
        var file = Path.Combine(folder.Path, "spool.key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Throws<InvalidOperationException>(() => SpoolKey.Load(new() { Directory = folder.Path }));
        Assert.Throws<InvalidOperationException>(() => SpoolKey.Load(new() { Directory = folder.Path, KeyFile = file + "x" }));
    }

    private static (SpoolKey Key, string Path) Write(Folder folder, params string[] contents)
    {
        var key = SpoolKey.Load(new() { Directory = folder.Path });
        var path = Path.Combine(folder.Path, "000000000001.seg");
        using var writer = SegmentWriter.Create(path, key, 64 << 10);
        foreach (var content in contents.Length > 0 ? contents : Contents) writer.Append(Encoding.UTF8.GetBytes(content));
        writer.Sync();
        return (key, path);
    }

    private static (SegmentEnd, int) Read(string path, SpoolKey key)
    {
        var content = SegmentReader.Read(path, key);
        return (content.End, content.Frames.Count);
    }

    /// <summary>Where each frame ends.</summary>
    private static int[] Ends()
    {
        var at = SegmentFormat.HeaderSize;
        return [.. Contents.Select(content => at += SegmentFormat.FrameOverhead + content.Length)];
    }
}
