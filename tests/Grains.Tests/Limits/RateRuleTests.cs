using System.Collections.Immutable;
using ComplianceGrid.Status;
using CsCheck;

namespace ComplianceGrid.Limits;

public sealed class RateRuleTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly Guid[] Holders = [.. Enumerable.Range(1, 4).Select(n => new Guid(n, 0, 0, new byte[8]))];

    /// <summary>A process asks for so many more than it has, so many seconds after the last ask; or its ask comes twice, or a new activation knows nothing.</summary>
    private sealed record Step(int Holder, int More, int Seconds, bool Twice, bool Forgotten);

    private static readonly Gen<Step[]> Steps = Gen.Select(
        Gen.Int[0, 3], Gen.Int[1, 60], Gen.Frequency((8, Gen.Int[0, 3]), (1, Gen.Int[30, 90])), Gen.Bool, Gen.Frequency((9, Gen.Const(false)), (1, Gen.Const(true))),
        (holder, more, seconds, twice, forgotten) => new Step(holder, more, seconds, twice, forgotten)).Array[1, 60];

    [Fact]
    public void No_more_is_granted_in_a_window_than_its_limit_while_the_count_lives() => Gen.Select(Steps, Gen.Int[1, 200]).Sample((steps, limit) =>
    {
        var (window, now) = (RateWindow.None, Start);
        var held = new Dictionary<(long, Guid), long>(); // what each process believes to have
        foreach (var step in steps.Where(step => !step.Forgotten))
        {
            now += TimeSpan.FromSeconds(step.Seconds);
            var number = now.UtcTicks / Minute.Ticks;
            var mine = held.GetValueOrDefault((number, Holders[step.Holder]));
            var ask = Ask(step.Holder, limit, mine == 0 ? 0 : number, mine, mine + step.More);
            (window, var grant) = RateRule.Lease(window, ask, TimeSpan.Zero, now);
            if (step.Twice) (window, grant) = RateRule.Lease(window, ask, TimeSpan.Zero, now); // its first answer was lost
            Assert.Equal(number, grant.Number);
            Assert.InRange(grant.Granted, mine, mine + step.More);
            held[(number, Holders[step.Holder])] = grant.Granted;
            var total = held.Where(it => it.Key.Item1 == number).Sum(it => it.Value);
            Assert.True(total <= limit, $"{total} of {limit}");
            Assert.Equal(limit - total, grant.Left);
            Assert.InRange(grant.EndsIn, TimeSpan.FromTicks(1), Minute);
        }
    }, iter: Iterations.Of(3_000));

    [Fact]
    public void Whoever_goes_on_asking_gets_the_whole_limit_in_the_end() => Gen.Int[1, 5_000].Sample(limit =>
    {
        var (window, has) = (RateWindow.None, 0L);
        for (var n = 0; n < 2 * limit && has < limit; n++)
        {
            (window, var grant) = RateRule.Lease(window, Ask(0, limit, 0, has, has + 1_000), TimeSpan.Zero, Start);
            Assert.True(grant.Granted > has);
            has = grant.Granted;
        }

        Assert.Equal(limit, has);
    }, iter: Iterations.Of(300));

    [Fact]
    public void A_new_activation_counts_what_the_processes_tell_it_that_they_have()
    {
        var (window, _) = RateRule.Lease(RateWindow.None, Ask(0, 100, Number(Start), 60, 61), TimeSpan.Zero, Start);
        (window, var grant) = RateRule.Lease(window, Ask(1, 100, Number(Start), 30, 31), TimeSpan.Zero, Start);
        Assert.Equal((31, 8), (grant.Granted, grant.Left)); // 61 and 31 are spoken for
        (_, grant) = RateRule.Lease(window, Ask(2, 100, Number(Start) - 1, 90, 100), TimeSpan.Zero, Start);
        Assert.Equal(2, grant.Granted); // what it had in the former window is over; a quarter of what is left
    }

    [Theory]
    [InlineData(60), InlineData(-3600), InlineData(86_400)]
    public void A_clock_that_is_set_forward_or_back_begins_a_window_and_nobody_waits_for_it_to_catch_up(int seconds)
    {
        var (window, grant) = RateRule.Lease(RateWindow.None, Ask(0, 1, 0, 0, 1), TimeSpan.Zero, Start);
        Assert.Equal((1, 0), (grant.Granted, grant.Left));
        Assert.Equal(0, RateRule.Lease(window, Ask(1, 1, 0, 0, 1), TimeSpan.Zero, Start).Grant.Granted);
        Assert.Equal(1, RateRule.Lease(window, Ask(1, 1, 0, 0, 1), TimeSpan.Zero, Start.AddSeconds(seconds)).Grant.Granted);
    }

    [Fact]
    public void Chunks_grow_small_as_the_limit_nears()
    {
        ImmutableArray<long> granted = [];
        var window = RateWindow.None;
        for (var n = 0; n < 4; n++)
        {
            (window, var grant) = RateRule.Lease(window, Ask(n, 100, 0, 0, 40), TimeSpan.Zero, Start);
            granted = granted.Add(grant.Granted);
        }

        Assert.Equal([25, 19, 14, 11], granted);
    }

    private static long Number(DateTimeOffset at) => at.UtcTicks / Minute.Ticks;

    private static RateAsk Ask(int holder, long limit, long number, long held, long upTo) =>
        new() { Holder = Holders[holder], Limit = limit, Window = Minute, Number = number, Held = held, UpTo = upTo };
}
