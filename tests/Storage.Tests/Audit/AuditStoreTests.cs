using System.Text;
using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Tests.Audit.Ledger;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Storage.Tests.Audit;

public sealed class AuditStoreTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_is_stored_as_it_was_written()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        log.Time.AdjustTime(new(2026, 11, 23, 10, 11, 12, TimeSpan.Zero));
        var entry = log.Entry() with
        {
            Id = new("01999999-1111-7222-8333-444444444444"),
            ResourceId = "e-1",
            Details = """{ "b": 1.5, "a": "ü" }""",
            IpAddress = "192.0.2.1",
            UserAgent = "curl/8",
            RequestId = "r-1",
            Success = false,
            ErrorCode = "GRID-1008",
            DurationMs = 12,
        };

        Assert.Equal(1, (await log.Store.AppendAsync(0, [entry], Ct)).Written);

        Assert.Equal("acme|0|0|LOGIN_FAILED|e-1|FAILURE|GRID-1008|12", await log.ScalarAsync(GridRole.AuditWriter,
            "SELECT concat_ws('|', tenant_id, epoch, leaf_index, action, resource_id, result, error_code, duration) FROM audit.audit_log", Ct));
        var record = (byte[])(await log.ScalarAsync(GridRole.AuditWriter, "SELECT record FROM audit.audit_log", Ct))!;
        Assert.Equal(
            """{"action":"LOGIN_FAILED","created_at":"2026-11-23T10:11:12.000000Z","details":{"a":"ü","b":"1.5"},"duration_ms":12,"epoch":0,"""
            + """ "error_code":"GRID-1008","id":"01999999-1111-7222-8333-444444444444","ip_address":"192.0.2.1","request_id":"r-1","resource":"employees","""[1..]
            + """ "resource_id":"e-1","result":"FAILURE","tenant_id":"acme","timestamp":"2026-11-23T10:11:12.000000Z","user_agent":"curl/8","""[1..]
            + """ "user_id":"u-1","user_role":"ComplianceManager","v":1}"""[1..],
            Encoding.UTF8.GetString(record));
        Assert.Equal(1, await StoredLog.VerifyAsync(log, Ct));
    }

    [Fact]
    public async Task The_same_id_lands_once_however_often_and_wherever_it_comes()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        AuditEntry[] entries = [.. Enumerable.Range(0, 100).Select(_ => log.Entry())];

        Assert.Equal(100, (await log.Store.AppendAsync(0, [.. entries, .. entries], Ct)).Written);
        log.Time.Advance(TimeSpan.FromDays(70)); // another partition
        Assert.Equal(1, (await log.NewStore().AppendAsync(0, [.. entries, log.Entry()], Ct)).Written);

        Assert.Equal(101, await StoredLog.VerifyAsync(log, Ct));
    }

    [Fact]
    public async Task A_repeat_is_found_years_and_many_partitions_later()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        log.Time.AdjustTime(new(2021, 1, 31, 23, 0, 0, TimeSpan.Zero));
        List<AuditEntry> entries = [];
        for (var month = 0; month < 60; month++)
        {
            entries.Add(log.Entry());
            Assert.Equal(1, (await log.Store.AppendAsync(0, [entries[^1]], Ct)).Written);
            log.Time.SetUtcNow(log.Time.GetUtcNow().AddMonths(1));
        }

        Assert.Equal(1, (await log.NewStore().AppendAsync(0, [.. entries, log.Entry()], Ct)).Written);
        Assert.Equal(61, await StoredLog.VerifyAsync(log, Ct));
    }

    [Fact]
    public async Task Two_tenants_may_use_one_id()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        var entry = log.Entry("acme");
        Assert.Equal(2, (await log.Store.AppendAsync(0, [entry, entry with { TenantId = "globex" }], Ct)).Written);
        Assert.Equal(2, await StoredLog.VerifyAsync(log, Ct));
    }

    [Fact]
    public async Task The_append_time_never_falls()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        await log.Store.AppendAsync(0, [log.Entry()], Ct);
        var first = await log.ScalarAsync(GridRole.AuditWriter, "SELECT max(created_at) FROM audit.audit_log", Ct);

        log.Time.AdjustTime(log.Time.GetUtcNow().AddMinutes(-5));
        await log.NewStore().AppendAsync(0, [log.Entry()], Ct);
        await log.Store.AppendAsync(0, [log.Entry()], Ct);

        Assert.Equal(first, await log.ScalarAsync(GridRole.AuditWriter, "SELECT min(created_at) FROM audit.audit_log", Ct));
        Assert.Equal(3, await StoredLog.VerifyAsync(log, Ct));
    }

    [Fact]
    public async Task A_log_goes_on_over_the_turn_of_a_month()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        log.Time.AdjustTime(new DateTimeOffset(2026, 12, 31, 23, 59, 59, TimeSpan.Zero).AddTicks(TimeSpan.TicksPerSecond - 1));
        await log.Store.AppendAsync(0, [log.Entry("acme"), log.Entry("globex")], Ct);
        log.Time.Advance(TimeSpan.FromTicks(1));
        await log.Store.AppendAsync(0, [log.Entry("acme")], Ct);

        // The clock is put back: one log stays in the new month, the others are in the old one, in one transaction.
        log.Time.AdjustTime(log.Time.GetUtcNow().AddHours(-1));
        await log.Store.AppendAsync(0, [log.Entry("acme"), log.Entry("globex"), log.Entry("initech")], Ct);

        const string where = "SELECT string_agg(tenant_id || leaf_index, ' ' ORDER BY tenant_id, leaf_index) FROM audit.audit_log_{0}";
        Assert.Equal("acme0 globex0 globex1 initech0", await log.ScalarAsync(GridRole.Superuser, string.Format(null, where, "2026_12"), Ct));
        Assert.Equal("acme1 acme2", await log.ScalarAsync(GridRole.Superuser, string.Format(null, where, "2027_01"), Ct));
        Assert.Equal(6, await StoredLog.VerifyAsync(log, Ct));
    }

    [Fact]
    public async Task After_two_months_without_the_job_the_first_write_makes_its_partition()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        log.Time.Advance(TimeSpan.FromDays(92 + 62));
        var before = await PartitionsAsync(log);

        await log.Store.AppendAsync(0, [log.Entry(), log.Entry("globex")], Ct);
        await log.Store.AppendAsync(1, [log.Entry("initech")], Ct);

        Assert.Equal(before + 1, await PartitionsAsync(log));
        await log.Store.EnsurePartitionsAsync(6, Ct);
        Assert.Equal(7, await PartitionsAsync(log));
        Assert.Equal(3, await StoredLog.VerifyAsync(log, Ct));
    }

    [Fact]
    public async Task No_content_can_stop_a_shard()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        AuditEntry[] entries =
        [
            log.Entry() with { UserId = "nul\0nul", UserAgent = "lone \uD800 surrogate", TenantId = "a\0\uDC00" },
            log.Entry() with { Resource = new string('ż', 5000), ResourceId = new string('ż', 5000), UserAgent = new string('a', 5000) },
            log.Entry() with { Details = "not json \0 \uDC00" },
            log.Entry() with { Details = """{"n":1e999999,"s":"\u0000 \ud800"}""" },
            log.Entry() with { Details = "7" },
            log.Entry() with { Timestamp = DateTimeOffset.MinValue },
            log.Entry() with { Timestamp = DateTimeOffset.MaxValue },
            log.Entry() with { Details = new string('[', 5000) + new string(']', 5000) },
            log.Entry() with { Details = JsonSerializer.Serialize(new { s = new string('x', 100_000) }) },
            log.Entry() with { Action = (AuditAction)4711, DurationMs = int.MinValue },
        ];

        Assert.Equal(entries.Length, (await log.Store.AppendAsync(0, entries, Ct)).Written);
        foreach (var entry in entries) Assert.Equal(0, (await log.Store.AppendAsync(0, [entry], Ct)).Written);
        Assert.Equal(entries.Length - 1L, await log.ScalarAsync(GridRole.Superuser, "SELECT count(*) FROM audit.audit_log WHERE tenant_id = 'acme'", Ct));
        Assert.Equal(0L, await log.ScalarAsync(GridRole.Superuser, "SELECT count(*) FROM audit.audit_log WHERE octet_length(record) > 65535", Ct));
        await foreach (var record in RecordsAsync(log))
        {
            using var parsed = JsonDocument.Parse(record);
            Assert.Equal(record, CanonicalJson.Of(parsed.RootElement));
        }
    }

    private static async IAsyncEnumerable<byte[]> RecordsAsync(AuditLog log)
    {
        for (var n = 0; await log.ScalarAsync(GridRole.Superuser, $"SELECT record FROM audit.audit_log ORDER BY id OFFSET {n} LIMIT 1", Ct) is byte[] record; n++)
            yield return record;
    }

    private static async Task<long> PartitionsAsync(AuditLog log) => (long)(await log.ScalarAsync(GridRole.AuditWriter,
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit.audit_log'::regclass", Ct))!;
}
