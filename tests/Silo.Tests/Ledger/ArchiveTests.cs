using ComplianceGrid.Silo.Ledger.Archive;
using ComplianceGrid.Silo.Ledger.Delivery;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Silo.Tests.Ledger;

/// <summary>The append-only store of checkpoints, on a real directory.</summary>
public sealed class ArchiveTests(LedgerDatabase database) : IClassFixture<LedgerDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_checkpoint_becomes_a_file_that_is_never_written_again()
    {
        await using var bed = await database.NewBedAsync();
        var writer = bed.NewWriter();
        var target = new ArchiveTarget(bed.Archive, bed.Audit);
        List<LogCheckpoint> published = [];
        foreach (var entries in new[] { 1, 300, 2 })
        {
            await bed.AppendAsync(writer, "acme", entries, Ct);
            published.Add(await bed.PublishAsync("acme", Ct));
        }

        string[] names = ["acme/0/00000000000000000001.note", "acme/0/00000000000000000301.note", "acme/0/00000000000000000303.note"];
        foreach (var n in new[] { 1, 0, 2 }) Assert.Equal(names[n], await target.DeliverAsync(published[n], Ct)); // an older one may come later
        var stamps = Files(bed).Select(File.GetLastWriteTimeUtc).ToArray();
        foreach (var checkpoint in published) await target.DeliverAsync(checkpoint, Ct); // as after a kill

        Assert.Equal(names, Files(bed).Select(file => Path.GetRelativePath(bed.ArchiveFolder, file)));
        Assert.Equal(stamps, Files(bed).Select(File.GetLastWriteTimeUtc));
        Assert.All(Files(bed), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead, File.GetUnixFileMode(file)));
        Assert.Equal(published.Select(checkpoint => checkpoint.Note.ToString()).Order(StringComparer.Ordinal), Files(bed).Select(File.ReadAllText).Order(StringComparer.Ordinal));
        Assert.Equal(published[2].Root, (await bed.Archive.NewestAsync("acme", null, Ct)).Newest?.Root);
    }

    [Fact]
    public async Task Of_many_that_archive_one_checkpoint_all_find_it_there()
    {
        await using var bed = await database.NewBedAsync();
        await bed.AppendAsync(bed.NewWriter(), "acme", 5, Ct);
        var checkpoint = await bed.PublishAsync("acme", Ct);

        var names = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => bed.NewArchive(bed.ArchiveFolder).PutAsync(checkpoint, Ct), Ct)));

        Assert.Single(names.Distinct());
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.Combine(bed.ArchiveFolder, "acme", "0"))); // no draft is left
    }

    [Fact]
    public async Task What_stands_there_is_not_overwritten_whatever_it_is()
    {
        await using var bed = await database.NewBedAsync();
        await bed.AppendAsync(bed.NewWriter(), "acme", 5, Ct);
        var checkpoint = await bed.PublishAsync("acme", Ct);
        var file = await ForgeAsync(bed, checkpoint, "something else");

        var refused = await Assert.ThrowsAsync<CheckpointRefusedException>(() => new ArchiveTarget(bed.Archive, bed.Audit).DeliverAsync(checkpoint, Ct));

        Assert.Contains("acme/0/00000000000000000005.note", refused.Message, StringComparison.Ordinal);
        Assert.Equal("something else", await File.ReadAllTextAsync(file, Ct));
        Assert.Equal("something else", await File.ReadAllTextAsync(await ForgeAsync(bed, checkpoint with { Size = 6 }, "something else"), Ct));
        Assert.Equal(2, (await bed.Archive.NewestAsync("acme", null, Ct)).Damaged.Count);
    }

    [Fact]
    public async Task A_second_signature_of_the_same_state_is_the_same_checkpoint()
    {
        await using var bed = await database.NewBedAsync();
        await bed.AppendAsync(bed.NewWriter(), "acme", 5, Ct);
        var checkpoint = await bed.PublishAsync("acme", Ct);
        var again = bed.Verifier.Verify(bed.Sign(checkpoint.Note.Text));
        Assert.NotEqual(checkpoint.Note.ToString(), again.Note.ToString());

        await bed.Archive.PutAsync(checkpoint, Ct);
        await bed.Archive.PutAsync(again, Ct);

        Assert.Equal(checkpoint.Note.ToString(), await File.ReadAllTextAsync(Files(bed).Single(), Ct));
    }

    [Fact]
    public async Task What_does_not_agree_with_the_archive_does_not_get_into_it()
    {
        await using var bed = await database.NewBedAsync();
        var writer = bed.NewWriter();
        var target = new ArchiveTarget(bed.Archive, bed.Audit);
        await bed.AppendAsync(writer, "acme", 10, Ct);
        var before = await bed.PublishAsync("acme", Ct);
        await target.DeliverAsync(before, Ct);

        await bed.CutAsync("acme", 0, Ct);
        await bed.AppendAsync(bed.NewWriter(), "acme", 12, Ct); // another log, signed with the real key
        var forked = await bed.PublishAsync("acme", Ct);

        await Assert.ThrowsAsync<CheckpointRefusedException>(() => target.DeliverAsync(forked, Ct));
        Assert.Equal(before.Size, (await bed.Archive.NewestAsync("acme", null, Ct)).Newest?.Size);
    }

    [Fact]
    public async Task Only_a_whole_checkpoint_under_its_own_name_is_the_newest()
    {
        await using var bed = await database.NewBedAsync();
        await bed.AppendAsync(bed.NewWriter(), "acme", 5, Ct);
        var checkpoint = await bed.PublishAsync("acme", Ct);
        await bed.Archive.PutAsync(checkpoint, Ct);
        await ForgeAsync(bed, checkpoint with { Size = 9 }, checkpoint.Note.ToString()); // a good note in a wrong place
        await ForgeAsync(bed, checkpoint with { Epoch = 3 }, checkpoint.Note.ToString().Replace("\n5\n", "\n7\n", StringComparison.Ordinal));
        await ForgeAsync(bed, checkpoint with { Tenant = "globex" }, checkpoint.Note.ToString());
        await ForgeAsync(bed, checkpoint with { Epoch = 2 }, new string('x', 400_000));

        var reading = await bed.Archive.NewestAsync("acme", null, Ct);

        Assert.Equal((5L, 3), (reading.Newest!.Size, reading.Damaged.Count));
        Assert.Null((await bed.Archive.NewestAsync("globex", null, Ct)).Newest);
        Assert.Null((await bed.Archive.NewestAsync("../../acme", null, Ct)).Newest);
        Assert.Null((await bed.Archive.NewestAsync("initech", null, Ct)).Newest);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_had_is_said_to_be_away()
    {
        await using var bed = await database.NewBedAsync();
        await bed.AppendAsync(bed.NewWriter(), "acme", 5, Ct);
        var checkpoint = await bed.PublishAsync("acme", Ct);
        var archive = bed.NewArchive(Path.Combine(bed.KeyFile, "below-a-file"));

        await Assert.ThrowsAnyAsync<IOException>(() => archive.PutAsync(checkpoint, Ct));
        await Assert.ThrowsAnyAsync<IOException>(() => archive.NewestAsync("acme", null, Ct));
    }

    private static string[] Files(LedgerBed bed) => [.. Directory.EnumerateFiles(bed.ArchiveFolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static async Task<string> ForgeAsync(LedgerBed bed, LogCheckpoint place, string content)
    {
        var file = Path.Combine(bed.ArchiveFolder, CheckpointArchive.NameOf(place.Tenant, place.Epoch, place.Size));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, content, Ct);
        return file;
    }
}
