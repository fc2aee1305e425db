using ComplianceGrid.Audit;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Storage.Tests.Audit;

public sealed class AuditStoreTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_is_stored_as_it_was_written()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        var entry = log.Entry() with { ResourceId = "e-1", Details = """{"b":1,"a":"x"}""", Success = false, ErrorCode = "GRID-1008", DurationMs = 12 };

        Assert.Equal(1, await log.Store.AppendAsync(0, [entry], Ct));

        Assert.Equal("""acme|LOGIN_FAILED|e-1|{"b":1,"a":"x"}|FAILURE|GRID-1008|12""", await log.ScalarAsync(GridRole.AuditWriter,
            "SELECT concat_ws('|', tenant_id, action, resource_id, details, result, error_code, duration) FROM audit.audit_log", Ct));
    }

    [Fact]
    public async Task The_same_id_lands_once_however_often_and_wherever_it_comes()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        AuditEntry[] entries = [.. Enumerable.Range(0, 100).Select(_ => log.Entry())];

        Assert.Equal(100, await log.Store.AppendAsync(0, [.. entries, .. entries], Ct));
        log.Time.Advance(TimeSpan.FromDays(70)); // another partition
        Assert.Equal(1, await log.NewStore().AppendAsync(0, [.. entries, log.Entry()], Ct));

        Assert.Equal(101, await log.CountAsync(Ct));
    }

    [Fact]
    public async Task Writers_of_one_shard_at_once_do_not_double_an_entry()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        AuditEntry[] entries = [.. Enumerable.Range(0, 200).Select(_ => log.Entry())];

        var written = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => log.NewStore().AppendAsync(0, entries, Ct), Ct)));

        Assert.Equal(200, written.Sum());
        Assert.Equal(200, await log.CountAsync(Ct));
    }

    [Fact]
    public async Task The_append_time_never_falls()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        await log.Store.AppendAsync(0, [log.Entry()], Ct);
        var first = await log.ScalarAsync(GridRole.AuditWriter, "SELECT max(created_at) FROM audit.audit_log", Ct);

        log.Time.AdjustTime(log.Time.GetUtcNow().AddMinutes(-5));
        await log.NewStore().AppendAsync(0, [log.Entry()], Ct);

        Assert.Equal(first, await log.ScalarAsync(GridRole.AuditWriter, "SELECT min(created_at) FROM audit.audit_log", Ct));
    }

    [Fact]
    public async Task After_a_long_outage_the_first_write_makes_its_partition()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        log.Time.Advance(TimeSpan.FromDays(300));
        var before = await PartitionsAsync(log);

        await log.Store.AppendAsync(0, [log.Entry()], Ct);

        Assert.Equal(before + 1, await PartitionsAsync(log));
        await log.Store.EnsurePartitionsAsync(6, Ct);
        Assert.Equal(7 + 1, await PartitionsAsync(log));
    }

    [Fact]
    public async Task No_content_can_stop_a_shard()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        AuditEntry[] entries =
        [
            log.Entry() with { UserId = "nul\0nul", UserAgent = "lone \uD800 surrogate" },
            log.Entry() with { Resource = new string('ż', 5000), ResourceId = new string('ż', 5000), UserAgent = new string('a', 5000) },
            log.Entry() with { Details = "not json \0 \uDC00" },
            log.Entry() with { Details = """{"n":1e999999,"s":"\u0000 \ud800"}""" },
            log.Entry() with { Timestamp = DateTimeOffset.MinValue },
            log.Entry() with { Timestamp = DateTimeOffset.MaxValue },
            log.Entry() with { Details = new string('[', 5000) + new string(']', 5000) },
        ];

        Assert.Equal(entries.Length, await log.Store.AppendAsync(0, entries, Ct));
        foreach (var entry in entries) Assert.Equal(0, await log.Store.AppendAsync(0, [entry], Ct));
    }

    private static async Task<long> PartitionsAsync(AuditLog log) => (long)(await log.ScalarAsync(GridRole.AuditWriter,
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit.audit_log'::regclass", Ct))!;
}
