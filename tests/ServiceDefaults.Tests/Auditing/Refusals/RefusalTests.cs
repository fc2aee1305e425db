using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Refusals;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;
using ComplianceGrid.Tenancy;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace ComplianceGrid.ServiceDefaults.Tests.Auditing.Refusals;

public sealed class RefusalTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly FakeTimeProvider _clock = new(new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_flood_is_one_entry_per_source_kind_and_minute()
    {
        using var folder = new Folder();
        using var world = new World(folder, _clock);
        var first = Refusal();
        await world.Ledger.RecordAsync(first, "192.0.2.1");
        await Task.WhenAll(Enumerable.Range(0, 998).Select(_ => world.Ledger.RecordAsync(Refusal(), "192.0.2.1").AsTask()));
        var last = Refusal();
        await world.Ledger.RecordAsync(last, "192.0.2.1");
        await world.Ledger.RecordAsync(Refusal(), "192.0.2.2");
        await world.Ledger.RecordAsync(Refusal() with { ErrorCode = "GRID-1003" }, "192.0.2.1");
        Assert.Empty(world.Ledger.Due(all: false));

        _clock.Advance(TimeSpan.FromMinutes(1));
        await world.WriteAsync();
        Assert.Equal([1L, 1, 1000], world.Store.Entries.Select(Count).Order());
        var flood = world.Store.Entries.Single(entry => Count(entry) == 1000);
        Assert.Equal(first with { Details = flood.Details }, flood);
        var details = JsonDocument.Parse(flood.Details!).RootElement;
        Assert.Equal(last.RequestId, details.GetProperty("last").GetProperty("request_id").GetString());
        Assert.Equal(200, details.GetProperty("last").GetProperty("details").GetProperty("status").GetInt32());
        Assert.Empty(folder.Files("*.tally"));

        await world.Ledger.RecordAsync(Refusal(), "192.0.2.1");
        _clock.Advance(TimeSpan.FromMinutes(1));
        await world.WriteAsync();
        Assert.Equal(4, world.Store.Entries.Count);
    }

    [Fact]
    public async Task A_killed_process_loses_no_count()
    {
        using var folder = new Folder();
        var killed = new World(folder, _clock); // its files stay as they are after each acknowledgement
        for (var n = 0; n < 40; n++) await killed.Ledger.RecordAsync(Refusal(), "192.0.2.1");
        var left = folder.Files("*.tally").ToDictionary(file => file, File.ReadAllBytes);
        killed.Dispose();
        foreach (var (file, bytes) in left) await File.WriteAllBytesAsync(file, bytes, Ct);

        using var world = new World(folder, _clock);
        await world.WriteAsync();
        Assert.Equal(40, Count(Assert.Single(world.Store.Entries)));
        await world.WriteAsync();
        Assert.Single(world.Store.Entries);
        Assert.Empty(folder.Files("*.tally"));
    }

    [Fact]
    public async Task Sources_without_end_are_counted_together_and_the_journal_stays_small()
    {
        using var folder = new Folder();
        using var world = new World(folder, _clock);
        for (var n = 0; n < 60; n++)
            await Task.WhenAll(Enumerable.Range(0, 500).Select(m => world.Ledger.RecordAsync(Refusal(), $"source-{n}-{m}").AsTask()));
        Assert.True(folder.Files("*.tally").Sum(file => new FileInfo(file).Length) < 20 << 20);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await world.WriteAsync();
        Assert.InRange(world.Store.Entries.Count, 1, 2_600);
        Assert.Equal(30_000, world.Store.Entries.Sum(Count));
    }

    [Fact]
    public void What_names_its_actor_is_never_counted_with_others()
    {
        Assert.True(RefusalLedger.IsCounted(Refusal()));
        Assert.False(RefusalLedger.IsCounted(Given.Entry(user: "kim", success: false)));
        Assert.False(RefusalLedger.IsCounted(Given.Entry(user: AuditEntry.Anonymous, success: true)));
        Assert.False(RefusalLedger.IsCounted(Refusal() with { Action = AuditAction.LoginFailed, UserId = "kim" }));
        Assert.False(RefusalLedger.IsCounted(Refusal() with { Action = AuditAction.LoginFailed }));
    }

    [Fact]
    public void A_source_is_an_address_or_a_network_that_one_sender_holds()
    {
        Assert.Equal("192.0.2.7", SourceNetwork.Of(System.Net.IPAddress.Parse("::ffff:192.0.2.7")));
        Assert.Equal(SourceNetwork.Of(System.Net.IPAddress.Parse("2001:db8::1")), SourceNetwork.Of(System.Net.IPAddress.Parse("2001:db8::ffff:2")));
        Assert.NotEqual(SourceNetwork.Of(System.Net.IPAddress.Parse("2001:db8::1")), SourceNetwork.Of(System.Net.IPAddress.Parse("2001:db8:0:1::1")));
    }

    private AuditEntry Refusal() => Given.Entry(TenantId.System.Value, AuditEntry.Anonymous, _clock.GetUtcNow(), AuditAction.AccessDenied, success: false);

    private static long Count(AuditEntry entry) => JsonDocument.Parse(entry.Details!).RootElement.GetProperty("count").GetInt64();

    private sealed class World : IDisposable
    {
        private readonly Spool _spool;
        private readonly AuditTrail _trail;
        private readonly RefusalLoop _loop;

        public World(Folder folder, TimeProvider clock)
        {
            var options = Options.Create(new AuditTrailOptions());
            _spool = Given.Spool(folder.Path, clock);
            _trail = new(Store, _spool, options, clock, NullLogger<AuditTrail>.Instance);
            Ledger = new(_spool, options, clock);
            _loop = new(Ledger, _trail, _spool, clock, NullLogger<RefusalLoop>.Instance);
        }

        public Store Store { get; } = new();
        public RefusalLedger Ledger { get; }

        public async Task WriteAsync()
        {
            await _trail.StartAsync(Ct);
            await _loop.RunStepAsync(Ct);
        }

        public void Dispose()
        {
            Ledger.Dispose();
            _loop.Dispose();
            _trail.Dispose();
            _spool.Dispose();
        }
    }
}
