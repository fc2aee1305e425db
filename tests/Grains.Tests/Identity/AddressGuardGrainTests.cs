using ComplianceGrid.Hosting;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

public sealed class AddressGuardGrainTests(TestGrid grid) : GrainTest(grid)
{
    private IAddressGuardGrain Guard => Grid.AddressGuard(Key.Employee);

    private string GuardKey => TenantKeys.OfSystem(Key.Employee);

    private Guid NewAttempt() => Guid.CreateVersion7(Grid.Clock.Now);

    private Task<long> RowsAsync() => Grid.ValueAsync<long>("SELECT count(*) FROM grid.grain_state WHERE grain_key = $1", GuardKey);

    [Fact]
    public async Task Of_two_hundred_guesses_at_once_by_two_clients_a_hundred_are_hashed_and_refusals_write_nothing()
    {
        await using var one = await Grid.ConnectAsync();
        await using var other = await Grid.ConnectAsync();
        var waits = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => Task.Run(async () =>
        {
            using var scope = new TenantScope(TenantId.System);
            var guard = (n % 2 == 0 ? one : other).Grains.GetGrain<IAddressGuardGrain>(GuardKey);
            var attempt = NewAttempt();
            var wait = await guard.Begin(attempt);
            if (wait is null) await guard.Failed(attempt);
            return wait;
        })));
        Assert.Equal(100, waits.Count(wait => wait is null));
        Assert.Equal(100L, await Grid.ValueAsync<long>("SELECT version FROM grid.grain_state WHERE grain_key = $1", GuardKey));
    }

    [Fact]
    public async Task What_failed_outlives_the_silo_and_the_window_moves_on()
    {
        await FailAsync(60);
        Grid.Clock.Now += TimeSpan.FromMinutes(10);
        await FailAsync(40);
        await Grid.RestartAsync();
        var wait = await Guard.Begin(NewAttempt());
        Assert.InRange(wait!.Value, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(6));
        Grid.Clock.Now += wait.Value;
        await FailAsync(60);
        Assert.NotNull(await Guard.Begin(NewAttempt()));
    }

    [Fact]
    public async Task One_that_succeeds_or_could_not_be_judged_gives_its_place_back_and_no_other()
    {
        await FailAsync(99);
        for (var n = 0; n < 3; n++)
        {
            var attempt = NewAttempt();
            Assert.Null(await Guard.Begin(attempt));
            Assert.NotNull(await Guard.Begin(NewAttempt())); // under way, it counts
            await Guard.GiveBack(attempt);
        }

        await FailAsync(1);
        await Guard.GiveBack(NewAttempt());
        Assert.NotNull(await Guard.Begin(NewAttempt()));
    }

    [Fact]
    public async Task What_is_delivered_twice_counts_once_and_a_process_that_died_amid_a_try_has_failed()
    {
        await FailAsync(98);
        var attempt = NewAttempt();
        Assert.Null(await Guard.Begin(attempt));
        Assert.Null(await Guard.Begin(attempt));
        await Guard.Failed(attempt);
        await Guard.Failed(attempt);
        Assert.Null(await Guard.Begin(NewAttempt())); // of a process that dies now
        Assert.NotNull(await Guard.Begin(NewAttempt()));
        Grid.Clock.Now += TimeSpan.FromMinutes(14);
        Assert.NotNull(await Guard.Begin(NewAttempt()));
    }

    [Fact]
    public async Task A_clock_that_was_set_back_makes_nobody_wait_beyond_a_window()
    {
        await FailAsync(100);
        Grid.Clock.Now -= TimeSpan.FromDays(3);
        Assert.InRange((await Guard.Begin(NewAttempt()))!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(16));
    }

    [Fact]
    public async Task An_address_leaves_nothing_once_its_failures_are_old()
    {
        await FailAsync(1);
        var due = await Grid.ValueAsync<DateTime>("SELECT due_at FROM grid.grain_state WHERE grain_key = $1", GuardKey);
        Assert.InRange(due - Grid.Clock.Now.UtcDateTime, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(16));
        await Guard.Refresh();
        Assert.Equal(1, await RowsAsync());
        Grid.Clock.Now = new(due, TimeSpan.Zero);
        await Guard.Refresh();
        Assert.Equal(0, await RowsAsync());
        await Guard.Refresh();
    }

    private async Task FailAsync(int times)
    {
        for (var n = 0; n < times; n++)
        {
            var attempt = NewAttempt();
            Assert.Null(await Guard.Begin(attempt));
            await Guard.Failed(attempt);
        }
    }
}
