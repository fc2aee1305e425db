using ComplianceGrid.Hosting;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

public sealed class SignInGuardGrainTests(TestGrid grid) : GrainTest(grid)
{
    private ISignInGuardGrain Guard => Grid.SignInGuard(Key.Employee);

    private string GuardKey => TenantKeys.OfSystem(Key.Employee);

    private Guid NewAttempt() => Guid.CreateVersion7(Grid.Clock.Now);

    private Task<long> RowsAsync() => Grid.ValueAsync<long>("SELECT count(*) FROM grid.grain_state WHERE grain_key = $1", GuardKey);

    [Fact]
    public async Task Of_two_hundred_guesses_at_once_by_two_clients_three_are_hashed()
    {
        await using var one = await Grid.ConnectAsync();
        await using var other = await Grid.ConnectAsync();
        var tickets = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => Task.Run(async () =>
        {
            using var scope = new TenantScope(TenantId.System);
            return await (n % 2 == 0 ? one : other).Grains.GetGrain<ISignInGuardGrain>(GuardKey).Begin(NewAttempt(), n % 5 == 0 ? "unknown" : null);
        })));
        Assert.Equal(3, tickets.Count(ticket => ticket.IsAllowed));
        Assert.All(tickets.Where(ticket => !ticket.IsAllowed), ticket => Assert.Equal(Grid.Clock.Now.AddMinutes(30), ticket.LockedUntil));
        Assert.Equal(3L, await Grid.ValueAsync<long>("SELECT version FROM grid.grain_state WHERE grain_key = $1", GuardKey)); // refusals write nothing
    }

    [Fact]
    public async Task A_reserved_try_outlives_the_silo_and_counts()
    {
        for (var n = 0; n < 3; n++) Assert.True((await Guard.Begin(NewAttempt(), null)).IsAllowed);
        await Grid.RestartAsync(); // whoever reserved them is gone too
        Assert.False((await Guard.Begin(NewAttempt(), null)).IsAllowed);
        Grid.Clock.Now += TimeSpan.FromMinutes(30);
        Assert.True((await Guard.Begin(NewAttempt(), null)).IsAllowed);
    }

    [Fact]
    public async Task What_is_delivered_twice_changes_nothing()
    {
        Guid[] attempts = [NewAttempt(), NewAttempt(), NewAttempt()];
        foreach (var attempt in attempts.SelectMany(it => new[] { it, it }))
        {
            Assert.True((await Guard.Begin(attempt, null)).IsAllowed);
        }

        await Guard.Failed(attempts[0]);
        await Guard.Failed(attempts[1]);
        var locks = await Guard.Failed(attempts[2]);
        Assert.Equal((true, locks), (locks.Locks, await Guard.Failed(attempts[2])));
        await Guard.Succeeded(attempts[2], "device"); // a contradiction
        Assert.False((await Guard.Begin(NewAttempt(), "device")).IsAllowed);
    }

    [Fact]
    public async Task A_device_that_signed_in_before_is_not_locked_out_by_strangers()
    {
        var first = NewAttempt();
        await Guard.Begin(first, "mine");
        await Guard.Succeeded(first, "mine");
        for (var n = 0; n < 4; n++) await Guard.Begin(NewAttempt(), null);
        Assert.False((await Guard.Begin(NewAttempt(), "not mine")).IsAllowed);
        for (var n = 0; n < 3; n++) Assert.True((await Guard.Begin(NewAttempt(), "mine")).IsAllowed);
        Assert.False((await Guard.Begin(NewAttempt(), "mine")).IsAllowed);
    }

    [Fact]
    public async Task A_name_nobody_signs_in_by_leaves_nothing_once_its_tries_are_old()
    {
        await Guard.Begin(NewAttempt(), null);
        Assert.Equal(Grid.Clock.Now.AddMinutes(15), await Grid.ValueAsync<DateTime>("SELECT due_at FROM grid.grain_state WHERE grain_key = $1", GuardKey));
        Grid.Clock.Now += TimeSpan.FromMinutes(14);
        await Guard.Refresh();
        Assert.Equal(1, await RowsAsync());
        Grid.Clock.Now += TimeSpan.FromMinutes(1);
        await Guard.Refresh();
        Assert.Equal(0, await RowsAsync());
        await Guard.Refresh();

        var attempt = NewAttempt();
        Assert.True((await Guard.Begin(attempt, null)).IsAllowed);
        await Guard.Succeeded(attempt, null);
        Assert.Equal(0, await RowsAsync());
    }
}
