using System.Diagnostics.Metrics;
using ComplianceGrid.Silo.Auditing.Capacity;
using ComplianceGrid.Silo.Tests.Hosting;
using ComplianceGrid.Storage.Audit;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ComplianceGrid.Silo.Tests.Auditing;

/// <summary>On the real database, whose size is real; the months are the test's.</summary>
public sealed class AuditCapacityLoopTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_warns_before_the_disk_is_full_and_not_earlier()
    {
        await using var database = await GridDatabase.CreateAsync(Ct);
        await using var audit = NpgsqlDataSource.Create(database.Audit(GridRole.AuditWriter));
        var time = new FakeTimeProvider(new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
        using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var loop = new AuditCapacityLoop(new AuditStoreSizes(audit), Options.Create(new AuditCapacityOptions { Gigabytes = 1_000 }),
            meters.GetRequiredService<IMeterFactory>(), time, NullLogger<AuditCapacityLoop>.Instance);

        for (var step = 0; step < 120; step++) // two hours: one sample an hour, of the real size
        {
            await loop.RefreshAsync(Ct);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Null(loop.Warning);
        Assert.Equal(2L, await ScalarAsync(audit, "SELECT count(*) FROM audit.store_size WHERE bytes BETWEEN 0.9 * pg_database_size(current_database()) AND 1.1 * pg_database_size(current_database())"));

        // 20 GB a day: 1,000 GB are full in 50 days; three weeks later in 29.
        await SampleAsync(audit, time, days: 10);
        Assert.Null(loop.Warning);
        await loop.RefreshAsync(Ct);
        Assert.Null(loop.Warning);
        await SampleAsync(audit, time, days: 12);
        await loop.RefreshAsync(Ct);
        Assert.Contains("full in 2", loop.Warning, StringComparison.Ordinal);
        Assert.Contains("growing by 20.0", loop.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_warns_by_share_too_and_shows_its_figures()
    {
        await using var database = await GridDatabase.CreateAsync(Ct);
        await using var audit = NpgsqlDataSource.Create(database.Audit(GridRole.AuditWriter));
        using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = meters.GetRequiredService<IMeterFactory>();
        using var loop = new AuditCapacityLoop(new AuditStoreSizes(audit), Options.Create(new AuditCapacityOptions { Gigabytes = 0.001 }),
            factory, new FakeTimeProvider(new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero)), NullLogger<AuditCapacityLoop>.Instance);
        Assert.Empty(Gauges.Read(factory, "grid.audit.store.bytes")); // not known yet

        await loop.RefreshAsync(Ct);

        Assert.Contains("full in 0 days", loop.Warning, StringComparison.Ordinal);
        Assert.InRange(Assert.Single(Gauges.Read(factory, "grid.audit.store.bytes")), 1e6, 1e9);
    }

    [Fact]
    public async Task Samples_are_append_only()
    {
        await using var database = await GridDatabase.CreateAsync(Ct);
        await using var audit = NpgsqlDataSource.Create(database.Audit(GridRole.AuditWriter));
        await new AuditStoreSizes(audit).SampleAsync(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), Ct);
        await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(audit, "DELETE FROM audit.store_size"));
    }

    private static async Task SampleAsync(NpgsqlDataSource audit, FakeTimeProvider time, int days)
    {
        await using var command = audit.CreateCommand("""
            INSERT INTO audit.store_size SELECT $1 + make_interval(hours => n), 20e9 / 24 * (extract(epoch FROM $1 + make_interval(hours => n) - '2026-11-01') / 3600)
              FROM generate_series(0, $2 * 24) AS n ON CONFLICT DO NOTHING
            """);
        command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
        command.Parameters.Add(new() { Value = days });
        await command.ExecuteNonQueryAsync(Ct);
        time.Advance(TimeSpan.FromDays(days));
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource audit, string sql)
    {
        await using var command = audit.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Ct);
    }
}
