using System.Diagnostics.Metrics;
using ComplianceGrid.Silo.Ledger;
using ComplianceGrid.Silo.Ledger.Delivery;
using ComplianceGrid.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ComplianceGrid.Silo.Tests.Ledger;

/// <summary>Whatever the target is: each checkpoint gets there, and is on record only when it did.</summary>
public sealed class CheckpointDeliveryTests(LedgerDatabase database) : IClassFixture<LedgerDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_checkpoint_goes_to_a_target_that_takes_all_and_the_newest_to_one_that_does_not()
    {
        await using var bed = await database.NewBedAsync();
        FakeTarget all = new(name: "all"), newest = new(takesAll: false, name: "newest");
        var writer = bed.NewWriter();
        await PublishAsync(bed, writer, "acme", 1);
        await PublishAsync(bed, writer, "acme", 2);
        await PublishAsync(bed, writer, "globex", 1);
        CheckpointDelivery[] deliveries = [bed.NewDelivery(all), bed.NewDelivery(newest)];

        for (var pass = 0; pass < 2; pass++) // the second finds nothing
        {
            foreach (var delivery in deliveries) Assert.False(await delivery.RunAsync(Ct));
        }

        Assert.Equal("acme/0/1 acme/0/3 globex/0/1", string.Join(' ', all.Got.Split(' ').Order(StringComparer.Ordinal)));
        Assert.Equal("acme/0/3 globex/0/1", string.Join(' ', newest.Got.Split(' ').Order(StringComparer.Ordinal)));
        Assert.Equal("all/acme/0/1 all/acme/0/3 all/globex/0/1 newest/acme/0/3 newest/globex/0/1", await bed.DeliveriesAsync(Ct));
        Assert.Equal("taken", await bed.ScalarAsync<string>("SELECT DISTINCT receipt FROM audit.checkpoint_delivery", Ct));
        Assert.Equal(0, deliveries[1].Undelivered.Count);

        await PublishAsync(bed, writer, "acme", 1);
        foreach (var delivery in deliveries) await delivery.RunAsync(Ct);
        Assert.EndsWith("acme/0/4", all.Got, StringComparison.Ordinal);
        Assert.EndsWith("acme/0/4", newest.Got, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_dies_after_the_target_has_it_makes_another_deliver_it_again()
    {
        await using var bed = await database.NewBedAsync();
        await PublishAsync(bed, bed.NewWriter(), "acme", 3);
        var target = new FakeTarget
        {
            // What the database sees of a process that is killed there; it is waited for, as its locks are.
            After = async _ => await bed.ScalarAsync<bool>(
                "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'", Ct),
        };
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => bed.NewDelivery(target).RunAsync(Ct));
        Assert.Equal(("acme/0/3", ""), (target.Got, await bed.DeliveriesAsync(Ct)));

        target.After = _ => Task.CompletedTask;
        await bed.NewDelivery(target).RunAsync(Ct);

        Assert.Equal(("acme/0/3 acme/0/3", "fake/acme/0/3"), (target.Got, await bed.DeliveriesAsync(Ct)));
    }

    [Fact]
    public async Task Of_two_silos_at_once_one_delivers()
    {
        await using var bed = await database.NewBedAsync();
        await PublishAsync(bed, bed.NewWriter(), "acme", 3);
        TaskCompletionSource within = new(), go = new();
        FakeTarget slow = new() { Before = (_, _) => { within.SetResult(); return go.Task; } }, idle = new();

        var first = bed.NewDelivery(slow).RunAsync(Ct);
        await within.Task;
        var second = bed.NewDelivery(idle);
        await second.RunAsync(Ct);
        Assert.Equal((0, 1), (idle.Tries, second.Undelivered.Count)); // and not on record yet
        go.SetResult();
        await first;
        await second.RunAsync(Ct);

        Assert.Equal((0, 0), (idle.Tries, second.Undelivered.Count));
        Assert.Equal(("acme/0/3", "fake/acme/0/3"), (slow.Got, await bed.DeliveriesAsync(Ct)));
    }

    [Fact]
    public async Task A_target_that_is_away_is_asked_ever_less_often_and_gets_all_when_it_is_back()
    {
        await using var bed = await database.NewBedAsync();
        var writer = bed.NewWriter();
        foreach (var tenant in new[] { "acme", "globex" }) await PublishAsync(bed, writer, tenant, 1);
        var away = new FakeTarget { Before = (_, _) => throw new HttpRequestException("away") };
        var delivery = bed.NewDelivery(away);
        List<int> tries = [];
        for (var second = 0; second < 1800; second++)
        {
            var before = away.Tries;
            await delivery.RunAsync(Ct);
            if (away.Tries > before) tries.Add(second);
            bed.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, tries[0]);
        Assert.InRange(away.Tries, 11, 14); // one a time, not one for each checkpoint: after 1, 2, 4 … 256 s, then every 5 minutes or somewhat later
        Assert.InRange(tries[^1] - tries[^2], 300, 376);
        Assert.Equal(2, delivery.Undelivered.Count);

        away.Before = (_, _) => Task.CompletedTask;
        for (var second = 0; second < 380 && delivery.Undelivered.Count > 0; second++)
        {
            bed.Time.Advance(TimeSpan.FromSeconds(1));
            await delivery.RunAsync(Ct);
        }

        Assert.Equal("fake/acme/0/1 fake/globex/0/1", await bed.DeliveriesAsync(Ct));
    }

    [Fact]
    public async Task A_delivery_that_hangs_is_given_up()
    {
        await using var bed = await database.NewBedAsync();
        await PublishAsync(bed, bed.NewWriter(), "acme", 1);
        var within = new TaskCompletionSource();
        var target = new FakeTarget { Before = (_, ct) => { within.SetResult(); return Task.Delay(Timeout.InfiniteTimeSpan, bed.Time, ct); } };
        var delivery = bed.NewDelivery(target);

        var run = delivery.RunAsync(Ct);
        await within.Task;
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        await run;

        Assert.Equal((1, ""), (delivery.Undelivered.Count, await bed.DeliveriesAsync(Ct)));
    }

    [Fact]
    public async Task What_is_refused_holds_up_no_other_and_is_an_alarm_until_it_is_settled()
    {
        await using var bed = await database.NewBedAsync();
        var writer = bed.NewWriter();
        foreach (var tenant in new[] { "acme", "globex" }) await PublishAsync(bed, writer, tenant, 1);
        await bed.InsertAsync("initech", 0, 7, new byte[32], "no note", Ct);
        var acme = await bed.ScalarAsync<string>("SELECT note FROM audit.checkpoint WHERE tenant_id = 'acme'", Ct);
        await bed.InsertAsync("hooli", 0, 1, new byte[32], acme!, Ct); // another tenant's
        var target = new FakeTarget { Before = (checkpoint, _) => checkpoint.Tenant == "acme" ? throw new CheckpointRefusedException("never") : Task.CompletedTask };
        var delivery = bed.NewDelivery(target);

        await delivery.RunAsync(Ct);

        Assert.Equal("fake/globex/0/1", await bed.DeliveriesAsync(Ct));
        Assert.Equal(3, delivery.Undelivered.Count);
        Assert.NotNull(delivery.Undelivered.Alarm);

        await bed.TamperAsync("DELETE FROM audit.checkpoint WHERE tenant_id IN ('initech', 'hooli')", Ct);
        target.Before = (_, _) => Task.CompletedTask;
        await delivery.RunAsync(Ct);
        Assert.Contains("acme/0, 1 entries: never", delivery.Undelivered.Alarm, StringComparison.Ordinal); // its pause is not over
        bed.Time.Advance(TimeSpan.FromMinutes(2));
        await delivery.RunAsync(Ct);
        Assert.Equal(new Undelivered(0, null, null), delivery.Undelivered);
        Assert.Equal("fake/acme/0/1 fake/globex/0/1", await bed.DeliveriesAsync(Ct));
    }

    [Fact]
    public async Task A_target_gets_its_tenants_checkpoints_and_those_of_closed_logs_no_more()
    {
        await using var bed = await database.NewBedAsync();
        var writer = bed.NewWriter();
        foreach (var tenant in new[] { "acme", "globex", "initech" }) await PublishAsync(bed, writer, tenant, 1);
        FakeTarget archive = new(), auditor = new(name: "auditor");
        var options = new CheckpointOptions
        {
            Targets = { ["fake"] = new() { Kind = TargetKind.Archive }, ["auditor"] = new() { Kind = TargetKind.Mail } },
            Tenants = { ["acme"] = ["auditor"], ["initech"] = ["auditor", "fake"] },
        };
        await bed.TamperAsync("INSERT INTO audit.epoch VALUES ('initech', 1, 'o', 'n', now())", Ct);

        await bed.NewDelivery(archive, DeliveryExtensions.ScopeOf(options, "fake")).RunAsync(Ct);
        await bed.NewDelivery(auditor, DeliveryExtensions.ScopeOf(options, "auditor")).RunAsync(Ct);

        Assert.Equal(("globex/0/1", "acme/0/1"), (archive.Got, auditor.Got));
    }

    [Fact]
    public async Task What_waits_for_long_makes_the_silo_degraded_and_shows_in_figures()
    {
        await using var bed = await database.NewBedAsync();
        await PublishAsync(bed, bed.NewWriter(), "acme", 1);
        var target = new FakeTarget { Before = (_, _) => throw new IOException("away") };
        var delivery = bed.NewDelivery(target);
        using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = meters.GetRequiredService<IMeterFactory>();
        using var loop = new CheckpointLoop(delivery, new() { WarnMinutes = 10 }, new(factory, bed.Time), bed.Time, NullLogger<CheckpointLoop>.Instance);
        async Task<HealthCheckResult> CheckAsync()
        {
            await delivery.RunAsync(Ct);
            return await loop.CheckHealthAsync(new(), Ct);
        }

        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
        bed.Time.Advance(TimeSpan.FromMinutes(11));
        var late = await CheckAsync();
        Assert.Equal((HealthStatus.Degraded, "1 checkpoints are not with fake, the oldest for 11 min."), (late.Status, late.Description));
        Assert.Equal("1 660", Figures(factory));

        target.Before = (_, _) => throw new CheckpointRefusedException("never");
        bed.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Contains("never", (await CheckAsync()).Description, StringComparison.Ordinal);
        target.Before = (_, _) => Task.CompletedTask;
        bed.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
        Assert.Equal("0 0", Figures(factory));
    }

    private static string Figures(IMeterFactory factory) => string.Join(' ', Gauges.Read(factory).Select(value => Math.Round(value)));

    private static async Task PublishAsync(LedgerBed bed, Storage.Audit.Ledger.LedgerWriter writer, string tenant, int entries)
    {
        await bed.AppendAsync(writer, tenant, entries, Ct);
        await bed.PublishAsync(tenant, Ct);
        bed.Time.Advance(TimeSpan.FromMilliseconds(1));
    }
}
