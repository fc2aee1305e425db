using ComplianceGrid.ServiceDefaults.Auditing.Spooling;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace ComplianceGrid.ServiceDefaults.Tests.Auditing.Trail;

public sealed class AuditTrailTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly Folder _folder = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly Store _store = new();
    private readonly AuditTrailOptions _options = new() { OnFailureOf = { ["open"] = AuditFailureMode.Open } };
    private Spool _spool = null!;
    private AuditTrail _trail = null!;

    public async ValueTask InitializeAsync()
    {
        _spool = Given.Spool(_folder.Path, _clock, maxBytes: 64 << 10, segmentBytes: 16 << 10);
        _trail = new(_store, _spool, Options.Create(_options), _clock, NullLogger<AuditTrail>.Instance);
        await _trail.StartAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        _store.Hangs?.TrySetResult();
        await _trail.StopAsync(default);
        _trail.Dispose();
        _spool.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task While_the_store_answers_the_spool_stays_empty()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => _trail.WriteAsync(Given.Entries(2), isProtected: true).AsTask()));
        Assert.Equal(400, _store.Entries.Count);
        Assert.Equal(0, _spool.Figures.Entries);
        Assert.True(_store.Calls < 200); // what queued meanwhile went along
    }

    [Theory]
    [InlineData(true, 250)]
    [InlineData(false, 1_000)]
    public async Task A_store_that_does_not_answer_in_time_is_not_waited_for(bool isProtected, int milliseconds)
    {
        _store.Hangs = new();
        var write = _trail.WriteAsync([Given.Entry()], isProtected).AsTask();
        await Eventually.TrueAsync(() => _store.Calls == 1, "the store is called", Ct);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        Assert.False(write.IsCompleted);
        Assert.Equal(0, _spool.Figures.Entries);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await write;
        Assert.Equal(1, _spool.Figures.Entries);

        // Known to be away: nobody waits for it any more.
        await _trail.WriteAsync([Given.Entry()], isProtected);
        Assert.Equal((2, 1), (_spool.Figures.Entries, _store.Calls));

        // Back: what hung arrives, and the drain brings it a second time.
        _store.Hangs.SetResult();
        _store.Hangs = null;
        while (await _trail.Drain.StepAsync(Ct))
        {
        }

        Assert.Equal((2, 1), (_store.Entries.Count, _store.Repeats));
        await _trail.WriteAsync([Given.Entry()], isProtected);
        Assert.Equal((3, 0), (_store.Entries.Count, _spool.Figures.Entries));
    }

    [Fact]
    public async Task New_entries_go_behind_those_that_wait()
    {
        _store.Fails = true;
        var before = Given.Entry();
        await _trail.WriteAsync([before], isProtected: true);
        _store.Fails = false;
        var after = Given.Entry();
        await _trail.WriteAsync([after], isProtected: true);
        Assert.Empty(_store.Entries);
        while (await _trail.Drain.StepAsync(Ct))
        {
        }

        Assert.Equal([before, after], _store.Entries);
    }

    [Fact]
    public async Task A_log_that_refuses_gets_its_entries_by_the_spool()
    {
        _store.Refuses.Add("acme");
        await _trail.WriteAsync(Given.Entries(2), isProtected: true);
        await _trail.WriteAsync(Given.Entries(1, "globex"), isProtected: true);
        await _trail.Drain.StepAsync(Ct);
        Assert.Equal((1, 2), (_store.Entries.Count, _spool.Figures.Held));
    }

    [Fact]
    public async Task Without_room_a_tenant_is_refused_before_the_act_unless_it_fails_open()
    {
        using (_trail.Admit("acme", 4096))
        {
        }

        _store.Fails = true;
        var refused = await Assert.ThrowsAsync<GridException>(async () =>
        {
            while (true) await _trail.WriteAsync(Given.Entries(1), isProtected: true);
        });
        Assert.Equal(GridError.AuditNoRoom, refused.Error);
        Assert.Equal(GridError.AuditNoRoom, Assert.Throws<GridException>(() => _trail.Admit("acme", 4096)).Error);
        using (_trail.Admit("open", 4096)) await _trail.WriteAsync(Given.Entries(1, "open"), isProtected: true);
        Assert.DoesNotContain(_store.Entries, entry => entry.TenantId == "open");

        _store.Fails = false;
        while (await _trail.Drain.StepAsync(Ct))
        {
        }

        using (_trail.Admit("acme", 4096)) await _trail.WriteAsync(Given.Entries(1), isProtected: true);
    }
}
