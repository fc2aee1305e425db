using System.Diagnostics;
using ComplianceGrid.Api.Limits;
using ComplianceGrid.Limits;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace ComplianceGrid.Api.Tests.Limits;

/// <summary>Processes' parts of one count, over a grid that the test makes answer late, or not at all.</summary>
public sealed class RateLeaseTests
{
    private static readonly IOptions<RateLimitOptions> Defaults = Options.Create(new RateLimitOptions());
    private static readonly RateKey Key = new(RateKind.User, "acme", "me");
    private readonly FakeTimeProvider _clock = new(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
    private readonly Grid _grid = new();

    [Theory]
    [InlineData(1, 1), InlineData(5, 1), InlineData(5, 3), InlineData(19, 2), InlineData(100, 1)]
    public async Task Processes_together_let_the_limit_through_and_no_more(int limit, int processes)
    {
        var leases = Processes(processes, limit);
        var allowed = await AllowedAsync(leases, 3 * limit);
        Assert.InRange(allowed, limit, limit + ((processes - 1) * (limit / 20)));
        Assert.False((await leases[0].TakeAsync(TestContext.Current.CancellationToken)).IsAllowed);
    }

    [Fact]
    public async Task What_passes_beyond_the_limit_is_a_twentieth_for_each_further_process()
    {
        var allowed = await AllowedAsync(Processes(4, 1_000), 4_000);
        Assert.InRange(allowed, 1_000, 1_150);
    }

    [Fact]
    public async Task Of_those_at_once_no_more_than_the_limit_pass()
    {
        var leases = Processes(2, 50);
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 400).Select(n => Task.Run(async () => await leases[n % 2].TakeAsync(TestContext.Current.CancellationToken))));
        Assert.InRange(verdicts.Count(verdict => verdict.IsAllowed), 50, 52);
    }

    [Fact]
    public async Task A_new_window_begins_when_the_old_one_ends_however_the_wall_clock_is_set()
    {
        var lease = Processes(1, 3)[0];
        Assert.Equal(3, await AllowedAsync([lease], 10));
        var refused = await lease.TakeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((false, 0), (refused.IsAllowed, refused.Remaining));
        Assert.InRange(refused.ResetSeconds, 1, 60);
        _grid.Next();
        _clock.Advance(TimeSpan.FromSeconds(refused.ResetSeconds));
        Assert.Equal(3, await AllowedAsync([lease], 10));
    }

    [Fact]
    public async Task A_caller_far_from_the_limit_costs_no_call_of_the_grid_and_one_near_it_few()
    {
        var lease = Processes(1, 30_000)[0];
        Assert.Equal(700, await AllowedAsync([lease], 700));
        Assert.Equal(0, _grid.Asked);
        Assert.Equal(10_000, await AllowedAsync([lease], 10_000));
        Assert.InRange(_grid.Asked, 1, 20);
    }

    [Fact]
    public async Task While_the_grid_is_away_a_process_lets_half_the_limit_through_and_is_exact_again_after()
    {
        _grid.IsAway = true;
        var leases = Processes(2, 10);
        Assert.Equal(5, await AllowedAsync([leases[0]], 20));
        Assert.Equal(1, _grid.Asked); // once a second, not once a request
        _grid.IsAway = false;
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(leases.Select(lease => lease.TakeAsync(TestContext.Current.CancellationToken).AsTask()));
        await _grid.QuietAsync(asked: 3);
        Assert.InRange(await AllowedAsync(leases, 20), 3, 5); // five were let through before, and are told of
        Assert.False((await leases[0].TakeAsync(TestContext.Current.CancellationToken)).IsAllowed);
    }

    [Fact]
    public async Task A_grid_that_hangs_holds_a_request_for_a_quarter_of_a_second_at_most()
    {
        _grid.Hangs = new();
        var lease = Processes(1, 10)[0];
        var first = lease.TakeAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(first.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.True((await first).IsAllowed);
        var next = lease.TakeAsync(TestContext.Current.CancellationToken); // waits for nothing now
        Assert.True(next.IsCompleted && (await next).IsAllowed);
        _grid.Hangs.SetResult();
        await _grid.QuietAsync();
    }

    [Fact]
    public async Task A_process_that_was_killed_costs_the_others_what_it_had_leased_until_the_window_ends()
    {
        var leases = Processes(2, 100);
        Assert.Equal(10, await AllowedAsync([leases[0]], 10));
        await _grid.QuietAsync(); // and it is gone
        Assert.InRange(await AllowedAsync([leases[1]], 200), 80, 95);
        _grid.Next();
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.InRange(await AllowedAsync([leases[1]], 200), 100, 100);
    }

    [Fact]
    public async Task What_another_limit_refused_is_given_back()
    {
        var lease = Processes(1, 1)[0];
        Assert.True((await lease.TakeAsync(TestContext.Current.CancellationToken)).IsAllowed);
        lease.GiveBack();
        Assert.True((await lease.TakeAsync(TestContext.Current.CancellationToken)).IsAllowed);
        Assert.False((await lease.TakeAsync(TestContext.Current.CancellationToken)).IsAllowed);
    }

    [Fact]
    public async Task Counting_costs_less_than_20_microseconds()
    {
        var leases = new RateLeases(new RateDesk(_grid, TimeProvider.System, Defaults), Options.Create(new RateLimitOptions { User = 100_000_000 }));
        for (var n = 0; n < 20_000; n++) await leases.Of(Key).TakeAsync(TestContext.Current.CancellationToken);
        var started = Stopwatch.GetTimestamp();
        for (var n = 0; n < 200_000; n++) await leases.Of(Key).TakeAsync(TestContext.Current.CancellationToken);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalMicroseconds / 200_000, 0, 20);
    }

    [Fact]
    public async Task Addresses_that_are_made_up_fill_no_memory_and_those_without_room_share_one_count()
    {
        var leases = new RateLeases(new RateDesk(_grid, _clock, Defaults), Defaults);
        var known = leases.Of(new(RateKind.Address, null, "0"));
        for (var n = 1; n < RateLeases.Most; n++) leases.Of(new(RateKind.Address, null, $"{n}"));
        Assert.Same(leases.Of(new(RateKind.Address, null, "one more")), leases.Of(new(RateKind.Address, null, "another")));
        Assert.Same(known, leases.Of(new(RateKind.Address, null, "0")));
        await known.TakeAsync(TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotSame(leases.Of(new(RateKind.Address, null, "one more")), leases.Of(new(RateKind.Address, null, "another"))); // the old ones are gone
    }

    private RateLease[] Processes(int count, int limit) =>
        [.. Enumerable.Range(0, count).Select(_ => new RateLease(Key, new("user", limit, TimeSpan.FromMinutes(1)), new RateDesk(_grid, _clock, Defaults), 0.5))];

    private static async Task<int> AllowedAsync(RateLease[] leases, int tries)
    {
        var allowed = 0;
        for (var n = 0; n < tries; n++)
            if ((await leases[n % leases.Length].TakeAsync(TestContext.Current.CancellationToken)).IsAllowed) allowed++;
        return allowed;
    }

    /// <summary>Grants as the contract says, by a count of its own: the least that a grain may do.</summary>
    private sealed class Grid : IRateSource
    {
        private readonly Lock _gate = new();
        private Dictionary<Guid, long> _granted = [];
        private long _number = 1;
        private int _open;

        public int Asked { get; private set; }
        public bool IsAway { get; set; }
        public TaskCompletionSource? Hangs { get; set; }

        public void Next()
        {
            lock (_gate) (_number, _granted) = (_number + 1, []);
        }

        public Task QuietAsync(int asked = 0) =>
            Eventually.TrueAsync(() => Asked >= asked && Volatile.Read(ref _open) == 0, $"the grid was asked {asked} times and has answered", TestContext.Current.CancellationToken);

        public async Task<RateGrant> AskAsync(RateKey key, RateAsk ask)
        {
            Interlocked.Increment(ref _open);
            try
            {
                lock (_gate) Asked++;
                if (Hangs is { } hangs) await hangs.Task;
                if (IsAway) throw new GridException(GridError.Unavailable, "Away.");
                lock (_gate)
                {
                    var held = Math.Max(_granted.GetValueOrDefault(ask.Holder), ask.Number == 0 || ask.Number == _number ? ask.Held : 0);
                    var free = Math.Max(0, ask.Limit - _granted.Where(it => it.Key != ask.Holder).Sum(it => it.Value) - held);
                    var granted = Math.Clamp(ask.UpTo - held, 0, free);
                    _granted[ask.Holder] = held + granted;
                    return new(_number, TimeSpan.FromSeconds(30), held + granted, free - granted);
                }
            }
            finally
            {
                Interlocked.Decrement(ref _open);
            }
        }
    }
}
