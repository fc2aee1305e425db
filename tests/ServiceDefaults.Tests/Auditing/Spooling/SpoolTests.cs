using System.Collections.Immutable;
using System.Text;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;
using Microsoft.Extensions.Time.Testing;

namespace ComplianceGrid.ServiceDefaults.Tests.Auditing.Spooling;

public sealed class SpoolTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Entries_leave_in_their_order_and_the_files_with_them()
    {
        using var folder = new Folder();
        using var spool = Given.Spool(folder.Path, segmentBytes: 16 << 10);
        ImmutableArray<AuditEntry> entries = [.. Given.Entries(499), Given.Entry(action: AuditAction.Create, success: false)];
        foreach (var part in entries.Chunk(7)) await spool.AppendAsync(part);
        Assert.Equal(500, spool.Figures.Entries);
        Assert.True(folder.Files("*.seg").Count() > 3);
        Assert.All(folder.Files("*.seg"), file => Assert.DoesNotContain("PII-MARKER", Encoding.Latin1.GetString(File.ReadAllBytes(file))));

        var store = new Store();
        await DrainAsync(spool, store);
        Assert.Equal(entries, store.Entries);
        Assert.Equal((0, true), (spool.Figures.Entries, spool.IsEmpty));
        Assert.Single(folder.Files("*.seg")); // the one that is open, so that a full disk is found before it is needed
    }

    [Fact]
    public async Task A_successor_finds_what_was_left_and_takes_the_same_slot()
    {
        using var folder = new Folder();
        var entries = Given.Entries(40);
        using (var first = Given.Spool(folder.Path)) await first.AppendAsync(entries);
        using var second = Given.Spool(folder.Path);
        Assert.EndsWith("/0", second.Slot.Path, StringComparison.Ordinal);
        await second.AppendAsync(Given.Entries(1));
        var store = new Store();
        await DrainAsync(second, store);
        Assert.Equal(entries, store.Entries.Take(40));
        Assert.Equal(41, store.Entries.Count);
    }

    [Fact]
    public async Task A_full_spool_takes_nothing_until_it_is_drained()
    {
        using var folder = new Folder();
        using var spool = Given.Spool(folder.Path, maxBytes: 64 << 10, segmentBytes: 16 << 10);
        var taken = 0;
        var full = await Assert.ThrowsAsync<SpoolException>(async () =>
        {
            for (; ; taken++) await spool.AppendAsync(Given.Entries(1));
        });
        Assert.Contains("room", full.Message);
        Assert.InRange(taken, 50, 400);
        Assert.InRange(folder.Files("*.seg").Sum(file => new FileInfo(file).Length), 32 << 10, 64 << 10);
        Assert.False(spool.TryReserve(4096));

        var store = new Store();
        await DrainAsync(spool, store);
        Assert.Equal(taken, store.Entries.Count);
        await spool.AppendAsync(Given.Entries(1));
    }

    [Fact]
    public void Reserved_room_is_not_reserved_twice()
    {
        using var folder = new Folder();
        using var spool = Given.Spool(folder.Path, maxBytes: 64 << 10);
        Assert.True(spool.TryReserve(40 << 10));
        Assert.False(spool.TryReserve(40 << 10));
        spool.Release(40 << 10);
        Assert.True(spool.TryReserve(40 << 10));
    }

    [Fact]
    public async Task Room_is_not_refused_while_a_file_is_closed_and_the_next_begun()
    {
        using var folder = new Folder();
        using var spool = Given.Spool(folder.Path, segmentBytes: 16 << 10);
        var store = new Store();
        var spooling = Task.Run(async () =>
        {
            for (var n = 0; n < 300; n++) await spool.AppendAsync(Given.Entries(5));
        }, Ct);
        var draining = Task.Run(async () =>
        {
            while (!spooling.IsCompleted) await DrainAsync(spool, store);
        }, Ct);
        while (!spooling.IsCompleted)
        {
            Assert.True(spool.TryReserve(1));
            spool.Release(1);
        }

        await Task.WhenAll(spooling, draining);
        await DrainAsync(spool, store);
        Assert.Equal(1_500, store.Entries.Count);
    }

    [Fact]
    public async Task A_disk_that_fails_leaves_no_room_and_one_that_works_again_does()
    {
        using var folder = new Folder();
        using var spool = Given.Spool(folder.Path, segmentBytes: 16 << 10);
        var entries = Given.Entries(60); // more than a file: the next one cannot be made
        await spool.AppendAsync(entries);
        var slot = spool.Slot.Path;
        Directory.Move(slot, slot + ".gone");
        await Assert.ThrowsAsync<SpoolException>(async () =>
        {
            while (true) await spool.AppendAsync(Given.Entries(20));
        });
        Assert.False(spool.TryReserve(1));
        Assert.False(spool.Figures.HasRoom);

        Directory.Move(slot + ".gone", slot);
        spool.Heal();
        Assert.True(spool.Figures.HasRoom);
        await spool.AppendAsync(Given.Entries(1));
        var store = new Store();
        await DrainAsync(spool, store);
        Assert.Equal(entries, store.Entries.Take(60));
    }

    [Fact]
    public async Task Two_processes_share_a_folder_and_two_drains_of_the_same_entries_store_each_once()
    {
        using var folder = new Folder();
        using var first = Given.Spool(folder.Path);
        using var second = Given.Spool(folder.Path);
        Assert.NotEqual(first.Slot.Path, second.Slot.Path);
        var entries = Given.Entries(900);
        await Task.WhenAll(entries.Chunk(30).Select((part, n) => (n % 2 == 0 ? first : second).AppendAsync(part)));
        await second.AppendAsync(entries[..300]); // as a call that timed out and a spool may both bring it
        var store = new Store();
        await Task.WhenAll(DrainAsync(first, store), DrainAsync(second, store));
        Assert.Equal(entries.Select(entry => entry.Id).Order(), store.Entries.Select(entry => entry.Id).Order());
        Assert.Equal(300, store.Repeats);
    }

    [Fact]
    public async Task A_log_that_refuses_holds_up_no_other()
    {
        using var folder = new Folder();
        var clock = new FakeTimeProvider();
        using var spool = Given.Spool(folder.Path, clock);
        var store = new Store { Refuses = { "acme" } };
        await spool.AppendAsync([.. Given.Entries(3), .. Given.Entries(2, "globex")]);
        var drain = store.Drain(spool, clock);
        Assert.True(await drain.StepAsync(Ct));
        Assert.False(await drain.StepAsync(Ct)); // held: not offered again and again
        Assert.All(store.Entries, entry => Assert.Equal("globex", entry.TenantId));
        Assert.Equal((3, 3, false), (spool.Figures.Entries, spool.Figures.Held, spool.HasWaiting));

        store.Refuses.Clear();
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.True(await drain.StepAsync(Ct));
        Assert.Equal(3, store.Entries.Count(entry => entry.TenantId == "acme"));
        Assert.True(spool.IsEmpty);
    }

    [Fact]
    public async Task A_drain_that_failed_goes_on_where_it_was()
    {
        using var folder = new Folder();
        using var spool = Given.Spool(folder.Path);
        var entries = Given.Entries(250);
        await spool.AppendAsync(entries);
        var store = new Store { Fails = true };
        var drain = store.Drain(spool);
        await Assert.ThrowsAsync<GridException>(() => drain.StepAsync(Ct));
        Assert.True(spool.HasWaiting);
        store.Fails = false;
        Assert.True(await drain.StepAsync(Ct));
        Assert.Equal(entries, store.Entries);
        Assert.Equal(0, store.Repeats);
    }

    private static async Task DrainAsync(Spool spool, Store store)
    {
        var drain = store.Drain(spool);
        while (await drain.StepAsync(Ct))
        {
        }
    }
}
