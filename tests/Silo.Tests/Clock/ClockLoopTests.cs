using System.Diagnostics.Metrics;
using ComplianceGrid.Employees;
using ComplianceGrid.Policies;
using ComplianceGrid.Silo.Clock;
using ComplianceGrid.Silo.Tests.Hosting;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ComplianceGrid.Silo.Tests.Clock;

/// <summary>By PostgreSQL's real clock, on machines whose own is wrong.</summary>
public sealed class ClockLoopTests(TestGrid grid) : IClassFixture<TestGrid>, IDisposable
{
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Ending _host = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public async Task It_brings_the_clock_to_PostgreSQL_s_time(int minutesAhead)
    {
        var clock = new GridClock(new WrongClock { Ahead = TimeSpan.FromMinutes(minutesAhead) });
        await using var database = NpgsqlDataSource.Create(grid.Database.Grid(GridRole.Silo));
        using var loop = Loop(clock, database);

        await Eventually.TrueAsync(async () =>
        {
            await loop.StartingAsync(Ct);
            return clock.MachineAhead.Duration() > TimeSpan.FromMinutes(1);
        }, "the database answers within the second in which an answer tells something", Ct);

        var (before, now, after) = (await NowAsync(), clock.GetUtcNow(), await NowAsync());
        Assert.InRange(now, before.AddSeconds(-1), after.AddSeconds(1));
        Assert.InRange(Assert.Single(Gauges.Read(_meters.GetRequiredService<IMeterFactory>(), "grid.clock.machine_ahead")), (minutesAhead * 60) - 1, (minutesAhead * 60) + 1);
    }

    [Fact]
    public async Task Without_a_database_the_silo_starts_by_the_machine_s_clock()
    {
        var clock = new GridClock(new WrongClock { Ahead = TimeSpan.FromHours(1) });
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=9;Database=grid;Username=nobody;Timeout=1");
        using var loop = Loop(clock, nowhere);

        await loop.StartingAsync(Ct);

        Assert.InRange(clock.MachineAhead, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<NpgsqlException>(() => loop.ReadAsync(Ct));
    }

    [Theory]
    [InlineData(3_600, 3_569, true)]
    [InlineData(3_600, 3_571, false)]
    [InlineData(3_600, 0, true)]
    [InlineData(0, -31, true)]
    [InlineData(0, 86_400, false)]
    public void A_machine_s_clock_that_was_set_back_ends_the_silo(double first, double then, bool ends)
    {
        var machine = new WrongClock();
        using var loop = Loop(new(machine), NpgsqlDataSource.Create("Host=127.0.0.1"));
        foreach (var ahead in (double[])[first, then])
        {
            Assert.False(_host.IsEnding);
            machine.Ahead = TimeSpan.FromSeconds(ahead);
            loop.EndIfSetBack();
        }

        Assert.Equal(ends, _host.IsEnding);
        Environment.ExitCode = 0;
    }

    [Fact]
    public async Task A_silo_an_hour_ahead_neither_holds_a_job_up_nor_dates_what_it_writes_ahead()
    {
        await using var silo = await TestSilo.StartAsync(SiloHost.Create(grid.Arguments(), builder =>
            builder.Services.Replace(ServiceDescriptor.Singleton(new GridClock(new WrongClock { Ahead = TimeSpan.FromHours(1) })))), Ct);
        await Db.UntilAsync(grid.Database.Grid(GridRole.Superuser), "SELECT count(*) FROM quartz.qrtz_triggers WHERE trigger_name = 'due-sweep'", 1L, Ct);
        var next = await Db.ScalarAsync<long>(grid.Database.Grid(GridRole.Superuser), "SELECT next_fire_time FROM quartz.qrtz_triggers WHERE trigger_name = 'due-sweep'", Ct);
        Assert.True(new DateTimeOffset(next, TimeSpan.Zero) < await NowAsync() + TimeSpan.FromMinutes(1), "other silos would have to wait for it");

        TestSilo.CallAs("acme");
        var published = await silo.Grains.GetGrain<ITenantPolicyGrain>("acme").Publish(Sample.Policy, 0);
        Assert.InRange(published.InForce.InForceSince, (await NowAsync()).AddMinutes(-5), await NowAsync());
        var employee = $"acme/{Guid.CreateVersion7(await NowAsync()):D}";
        await silo.Grains.GetGrain<IEmployeeGrain>(employee).Hire(Sample.Employee("E-1", DateOnly.FromDateTime((await NowAsync()).UtcDateTime)));
        await silo.Grains.GetGrain<ITenantPolicyGrain>("acme").Publish(Sample.Stricter(Sample.Policy), 1);
        await Db.UntilAsync(grid.Database.Grid(GridRole.Superuser), "SELECT policy_version FROM grid.grain_state WHERE grain_key = $1", 2, Ct, employee);
    }

    public void Dispose()
    {
        _meters.Dispose();
        _host.Dispose();
    }

    private ClockLoop Loop(GridClock clock, NpgsqlDataSource database) => new(clock, database, _host, _meters.GetRequiredService<IMeterFactory>(), NullLogger<ClockLoop>.Instance);

    private async Task<DateTimeOffset> NowAsync() => await Db.ScalarAsync<DateTime>(grid.Database.Grid(GridRole.Silo), "SELECT clock_timestamp()", Ct);

    private sealed class Ending : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _ending = new();

        public bool IsEnding => _ending.IsCancellationRequested;

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _ending.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _ending.Cancel();

        public void Dispose() => _ending.Dispose();
    }
}
