using ComplianceGrid.Status;
using CsCheck;

namespace ComplianceGrid.Identity;

public sealed class AddressRuleTests
{
    private static readonly AddressLimits Limits = new() { Failures = 5 };
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 17, TimeSpan.Zero);

    [Fact]
    public void A_failure_counts_for_the_window_and_at_most_a_minute_longer() => Gen.Int[0, 240].Array[1, 40].Sample(gaps =>
    {
        var (state, now) = (AddressState.Nothing, Start);
        List<DateTimeOffset> failed = [];
        foreach (var gap in gaps)
        {
            now += TimeSpan.FromSeconds(gap);
            var least = failed.Count(at => now - at < Limits.Window);
            var most = failed.Count(at => now - at < Limits.Window + TimeSpan.FromMinutes(1));
            var wait = AddressRule.WaitFor(state, 0, Limits, now);
            if (least >= Limits.Failures) Assert.NotNull(wait);
            if (most < Limits.Failures) Assert.Null(wait);
            if (wait is { } span)
            {
                Assert.InRange(span, TimeSpan.FromTicks(1), Limits.Window + TimeSpan.FromMinutes(1));
                Assert.NotNull(AddressRule.WaitFor(state, 0, Limits, now + span - TimeSpan.FromMilliseconds(1)));
                Assert.Null(AddressRule.WaitFor(state, 0, Limits, now + span)); // and then there is room
                continue;
            }

            state = AddressRule.Failed(state, Limits, now);
            failed.Add(now);
            Assert.InRange(state.Failures.Length, 1, 16);
        }
    }, iter: Iterations.Of(3_000));

    [Fact]
    public void What_is_reserved_counts_like_what_failed()
    {
        Assert.Null(AddressRule.WaitFor(AddressState.Nothing, 4, Limits, Start));
        Assert.NotNull(AddressRule.WaitFor(AddressState.Nothing, 5, Limits, Start));
        Assert.NotNull(AddressRule.WaitFor(AddressRule.Failed(AddressState.Nothing, Limits, Start), 4, Limits, Start));
    }

    [Fact]
    public void When_the_clock_was_set_back_failures_count_from_now_and_no_longer_than_a_window()
    {
        var state = AddressState.Nothing;
        for (var n = 0; n < 5; n++) state = AddressRule.Failed(state, Limits, Start);
        var back = Start.AddDays(-30);
        Assert.InRange(AddressRule.WaitFor(state, 0, Limits, back)!.Value, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(16));
        Assert.Null(AddressRule.WaitFor(AddressRule.Settle(state, Limits, back), 0, Limits, back.AddMinutes(16)));
    }
}
