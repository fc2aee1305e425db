using ComplianceGrid.Status;
using CsCheck;

namespace ComplianceGrid.Identity;

public sealed class SessionRuleTests
{
    private static readonly SessionLimits Limits = new();
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly StartSession Ordinary = new() { Account = new(1, 2, 3, new byte[8]), Privileged = false, ClientId = "web" };

    /// <summary>By a walk over the minutes: alive in each until one of which nothing is left of the idle time or of the whole.</summary>
    [Fact]
    public void It_lives_as_a_walk_over_its_minutes_says() =>
        Gen.Select(Gen.Int[1, 40].Array[0, 60], Gen.Bool).Sample((pauses, privileged) =>
        {
            var state = SessionRule.Begin(Ordinary with { Privileged = privileged }, Limits, Start);
            var (minute, idleSince, dead, whole) = (0, 0, false, privileged ? 60 : 720);
            SessionEndReason? reason = null;
            foreach (var pause in pauses)
            {
                for (var n = 0; n < pause && !dead; n++)
                {
                    minute++;
                    if (minute - idleSince == 15 && minute != whole) (dead, reason) = (true, SessionEndReason.Idle);
                    else if (minute == whole) (dead, reason) = (true, SessionEndReason.Over);
                }

                var now = Start.AddMinutes(minute);
                state = SessionRule.Touch(state, now, Limits, now);
                if (!dead) idleSince = minute;
                Assert.Equal(!dead, SessionRule.Judge(state, Limits, now) == SessionStanding.Alive);
                if (!dead) continue;
                Assert.Equal(new SessionEnding(now, reason!.Value), SessionRule.Expire(state, Limits, now.AddHours(50)).Ended);
                return;
            }
        }, iter: Iterations.Of(3_000));

    [Fact]
    public void Activity_never_moves_backwards_nor_into_the_future_and_none_revives() =>
        Gen.Select(Gen.Int[-3_000, 3_000], Gen.Int[0, 1_200]).Array[1, 30].Sample(touches =>
        {
            var (state, now) = (SessionRule.Begin(Ordinary, Limits, Start), Start);
            var wasDead = false;
            foreach (var (offset, pause) in touches)
            {
                now += TimeSpan.FromSeconds(pause);
                state = SessionRule.Expire(state, Limits, now);
                var before = state.LastActivityAt;
                state = SessionRule.Touch(state, now.AddSeconds(offset), Limits, now);
                Assert.InRange(state.LastActivityAt, before, now);
                if (wasDead) Assert.Equal(SessionStanding.Ended, SessionRule.Judge(state, Limits, now));
                wasDead |= state.Ended is not null;
            }
        }, iter: Iterations.Of(2_000));

    [Fact]
    public void One_that_goes_on_from_a_sign_in_ends_when_that_would_and_one_from_the_future_is_from_now() =>
        Gen.Select(Gen.Int[-1_000, 1_000], Gen.Bool).Sample((minutes, privileged) =>
        {
            var state = SessionRule.Begin(Ordinary with { Privileged = privileged, SignedInAt = Start.AddMinutes(minutes) }, Limits, Start);
            var whole = TimeSpan.FromMinutes(privileged ? 60 : 720);
            Assert.Equal(Start.AddMinutes(Math.Min(minutes, 0)) + whole, state.EndsAt);
            Assert.Equal(minutes > -whole.TotalMinutes, SessionRule.Judge(state, Limits, Start) == SessionStanding.Alive);
        });

    [Fact]
    public void The_first_end_stands()
    {
        var alive = SessionRule.Begin(Ordinary, Limits, Start);
        var killed = SessionRule.End(alive, SessionEndReason.Killed, Limits, Start.AddMinutes(1));
        Assert.Equal(new(Start.AddMinutes(1), SessionEndReason.Killed), killed.Ended);
        Assert.Same(killed, SessionRule.End(killed, SessionEndReason.SignedOut, Limits, Start.AddMinutes(2)));
        Assert.Equal(new(Start.AddMinutes(15), SessionEndReason.Idle), SessionRule.End(alive, SessionEndReason.Killed, Limits, Start.AddMinutes(20)).Ended);
        Assert.Equal(SessionStanding.NeverBegan, SessionRule.Judge(new(), Limits, Start));
        Assert.Equal(SessionStanding.Ended, SessionRule.Judge(SessionRule.End(new(), SessionEndReason.TooMany, Limits, Start), Limits, Start));
    }

    [Fact]
    public void Set_back_the_clock_leaves_a_session_no_more_than_its_limits() => Gen.Select(Gen.Int[1, 100_000], Gen.Bool).Sample((minutes, privileged) =>
    {
        var state = SessionRule.Begin(Ordinary with { Privileged = privileged }, Limits, Start.AddMinutes(minutes));
        state = SessionRule.Settle(state, Limits, Start);
        Assert.Equal((Start + Limits.AbsoluteOf(privileged), Start + Limits.Idle), (state.EndsAt, SessionRule.TimeEnd(state, Limits)));
        Assert.Same(state, SessionRule.Settle(state, Limits, Start.AddMinutes(1)));
    }, iter: Iterations.Of(200));
}
