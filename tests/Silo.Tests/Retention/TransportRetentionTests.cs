using System.Diagnostics.Metrics;
using ComplianceGrid.Silo.Jobs;
using ComplianceGrid.Silo.Retention;
using ComplianceGrid.Silo.Tests.Hosting;
using ComplianceGrid.Storage.Retention;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Quartz;

namespace ComplianceGrid.Silo.Tests.Retention;

public sealed class TransportRetentionTests(TestGrid grid) : IClassFixture<TestGrid>
{
    private const string Fill = """
        INSERT INTO grid.event_log (queue, position, event_id, namespace, stream_key, tenant_id, body, appended_at, closed_at)
        SELECT 0, n, 'e' || n, 'compliance', 'acme/x', 'acme', '', $1, CASE WHEN n > 1 THEN $1 END FROM generate_series(1, 3) n
        """;

    private const string FillInbox = """
        INSERT INTO grid.webhook_inbox (connection_id, event_id, tenant_id, event_type, object_kind, object_id, body_hash, payload, received_at, state,
                                        next_attempt_at, closed_at)
        SELECT 'conn', 'evt_' || n, 'acme', 'report.completed', 'report', 'rep', '', '', $1, n, $1, $1 FROM generate_series(0, 4) n
        """;

    private const string FillParked = """
        INSERT INTO grid.parked_event (id, event_id, namespace, stream_key, tenant_id, body, attempts, reason, parked_at, replayed_at)
        SELECT gen_random_uuid(), 'e' || n, 'compliance', 'acme/x', 'acme', '', 5, 'because', $1, CASE WHEN n = 1 THEN $1 END FROM generate_series(1, 2) n
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Everything => grid.Database.Grid(GridRole.Superuser);

    [Fact]
    public async Task Each_kind_of_row_goes_when_its_days_are_over_and_the_metric_counts_it()
    {
        var then = TimeProvider.System.GetUtcNow().AddDays(-100);
        foreach (var fill in new[] { Fill, FillInbox, FillParked }) await Db.ExecuteAsync(Everything, fill, Ct, then);
        var time = new FakeTimeProvider(then);
        await using var sweeper = NpgsqlDataSource.Create(grid.Database.Grid(GridRole.Sweeper));
        var retention = new TransportRetention(new ExpiredRows(sweeper), Options.Create(new RetentionOptions()), time, NullLogger<TransportRetention>.Instance);
        var counted = new SortedDictionary<string, long>(StringComparer.Ordinal);
        using var listener = Listen(counted);

        time.Advance(TimeSpan.FromDays(30));
        await retention.RunAsync(Ct);
        Assert.Empty(counted);

        time.Advance(TimeSpan.FromSeconds(1));
        await retention.RunAsync(Ct);
        Assert.Equal(new() { ["events"] = 2 }, counted);

        time.Advance(TimeSpan.FromDays(60));
        await retention.RunAsync(Ct);
        await retention.RunAsync(Ct);
        Assert.Equal(new() { ["events"] = 2, ["webhooks"] = 2, ["parked-events"] = 1 }, counted);
        Assert.Equal("0 3 4", await Db.ScalarAsync<string>(Everything, "SELECT string_agg(state::text, ' ' ORDER BY state) FROM grid.webhook_inbox", Ct));
        Assert.Equal(1L, await Db.ScalarAsync<long>(Everything, "SELECT count(*) FROM grid.event_log WHERE closed_at IS NULL", Ct));
        Assert.Equal(1L, await Db.ScalarAsync<long>(Everything, "SELECT count(*) FROM grid.parked_event WHERE replayed_at IS NULL", Ct));
    }

    [Fact]
    public async Task The_job_runs_on_a_silo_and_says_when_it_ended_well()
    {
        await using var silo = await TestSilo.StartAsync(grid.Arguments("silo-retention"), Ct, builder =>
        {
            builder.AddGridJobs();
            builder.AddRetention();
        });
        var scheduler = await silo.Services.GetRequiredService<ISchedulerFactory>().GetScheduler(Ct);
        var job = new JobKey("retention");
        Assert.Null(JobEnd.Of(await scheduler.GetJobDetail(job, Ct)));
        await scheduler.TriggerJob(job, Ct);
        await Eventually.TrueAsync(async () => JobEnd.Of(await scheduler.GetJobDetail(job, Ct)) is not null, "retention ends well", Ct);
    }

    [Theory]
    [InlineData("EventDays", 0)]
    [InlineData("WebhookDays", 6)]
    [InlineData("ParkedEventDays", 3651)]
    public async Task Days_out_of_bounds_stop_the_start(string option, int days) =>
        await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TestSilo.StartAsync([.. grid.Arguments(), $"--Retention:{option}={days}"], Ct, builder => builder.AddRetention()));

    private static MeterListener Listen(SortedDictionary<string, long> counted)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, it) => { if (instrument.Name == "grid.retention.removed") it.EnableMeasurementEvents(instrument); },
        };
        listener.SetMeasurementEventCallback<long>((_, n, tags, _) =>
        {
            var what = (string)tags[0].Value!;
            counted[what] = counted.GetValueOrDefault(what) + n;
        });
        listener.Start();
        return listener;
    }
}
