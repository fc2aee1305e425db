using ComplianceGrid.Status;
using CsCheck;

namespace ComplianceGrid.Identity;

public sealed class LockOutRuleTests
{
    private static readonly LockOutLimits Limits = new();
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private enum Act { Begin, Fail, Succeed }

    /// <summary>What happens, so many seconds after the last: to a try by its place among those begun, or a new one.</summary>
    private sealed record Step(Act Act, int Seconds, int Of, string? Device);

    private static readonly Gen<Step[]> Steps = Gen.Select(
        Gen.Frequency((3, Gen.Const(Act.Begin)), (2, Gen.Const(Act.Fail)), (1, Gen.Const(Act.Succeed))),
        Gen.Frequency((6, Gen.Int[0, 120]), (2, Gen.Int[300, 900]), (1, Gen.Int[1795, 1805])),
        Gen.Int[0, 3],
        Gen.Int[0, 3].Select(n => n switch { 0 => "a", 1 => "b", _ => null }),
        (act, seconds, of, device) => new Step(act, seconds, of, device)).Array[1, 40];

    [Fact]
    public void It_allows_what_a_replay_of_the_whole_history_allows() => Steps.Sample(steps =>
    {
        var (state, now) = (LockOutState.Nothing, Start);
        var history = new History();
        List<Guid> begun = [];
        foreach (var step in steps)
        {
            now += TimeSpan.FromSeconds(step.Seconds);
            if (step.Act == Act.Begin)
            {
                var attempt = new Guid(history.Count, 0, 0, new byte[8]);
                var expected = history.Begin(attempt, step.Device, now);
                (state, var ticket) = LockOutRule.Begin(state, attempt, step.Device, Limits, now);
                Assert.Equal(expected, ticket.LockedUntil);
                if (ticket.IsAllowed) begun.Add(attempt);
                continue;
            }

            if (begun.Count <= step.Of) continue;
            var of = begun[^(step.Of + 1)];
            if (step.Act == Act.Fail)
            {
                history.Fail(of);
                state = LockOutRule.Failed(state, of, Limits, now).Next;
            }
            else
            {
                history.Succeed(of, step.Device, now);
                state = LockOutRule.Succeeded(state, of, step.Device, Limits, now);
            }
        }
    }, iter: Iterations.Of(5_000));

    [Fact]
    public void Of_one_lock_one_answer_tells() => Steps.Sample(steps =>
    {
        var (state, now, n) = (LockOutState.Nothing, Start, 0);
        Dictionary<DateTimeOffset, int> told = [];
        foreach (var step in steps) // strangers only, and none succeeds
        {
            now += TimeSpan.FromSeconds(step.Seconds);
            var attempt = new Guid(step.Act == Act.Begin ? n++ : Math.Max(0, n - 1 - step.Of), 0, 0, new byte[8]);
            SignInTicket? ticket = null;
            SignInOutcome? outcome = null;
            if (step.Act == Act.Begin) (state, ticket) = LockOutRule.Begin(state, attempt, null, Limits, now);
            else (state, outcome) = LockOutRule.Failed(state, attempt, Limits, now);
            var (locks, until) = ticket is null ? (outcome!.Locks, outcome.LockedUntil) : (ticket.Locks, ticket.LockedUntil);
            if (locks && step.Act == Act.Begin) told[until!.Value] = told.GetValueOrDefault(until.Value) + 1;
        }

        Assert.All(told.Values, times => Assert.Equal(1, times));
    }, iter: Iterations.Of(2_000));

    [Fact]
    public void The_third_failure_says_that_it_locks_and_so_does_its_repeat()
    {
        var state = LockOutState.Nothing;
        SignInOutcome outcome = new(false, null);
        for (var n = 1; n <= 3; n++)
        {
            Assert.False(outcome.Locks);
            state = LockOutRule.Begin(state, Id(n), null, Limits, Start).Next;
            (state, outcome) = LockOutRule.Failed(state, Id(n), Limits, Start);
        }

        Assert.Equal(new(true, Start.AddMinutes(30)), outcome);
        var (again, repeat) = LockOutRule.Failed(state, Id(3), Limits, Start.AddSeconds(1));
        Assert.Same(state, again);
        Assert.Equal(outcome, repeat);
        Assert.Equal(new(Start.AddMinutes(30), false), LockOutRule.Begin(state, Id(4), null, Limits, Start.AddSeconds(2)).Ticket);
    }

    [Fact]
    public void A_lock_by_tries_that_were_never_answered_is_told_of_by_a_refusal()
    {
        var state = LockOutState.Nothing;
        for (var n = 1; n <= 3; n++) state = LockOutRule.Begin(state, Id(n), null, Limits, Start).Next;
        Assert.False(LockOutRule.Begin(state, Id(4), null, Limits, Start.AddSeconds(59)).Ticket.Locks);
        (state, var ticket) = LockOutRule.Begin(state, Id(5), null, Limits, Start.AddSeconds(60));
        Assert.True(ticket.Locks);
        Assert.False(LockOutRule.Begin(state, Id(6), null, Limits, Start.AddSeconds(61)).Ticket.Locks);
    }

    [Fact]
    public void However_the_clock_is_set_back_no_lock_ends_early_and_none_lasts_longer_than_one_from_when_it_is_next_asked() =>
        Gen.Int[0, 1_000_000].Array[1, 8].Sample(backs =>
        {
            var (state, clock, real) = (LockOutState.Nothing, Start.AddYears(1), TimeSpan.Zero);
            for (var n = 1; n <= 3; n++) state = LockOutRule.Begin(state, Id(n), null, Limits, clock).Next;
            var step = Limits.Lock / (backs.Length + 1);
            foreach (var back in backs)
            {
                (real, clock) = (real + step, clock + step - TimeSpan.FromSeconds(back));
                (state, var ticket) = LockOutRule.Begin(state, Id(9), null, Limits, clock);
                Assert.True(real < Limits.Lock && !ticket.IsAllowed);
                Assert.True(ticket.LockedUntil <= clock + Limits.Lock);
            }

            Assert.True(LockOutRule.Begin(state, Id(10), null, Limits, clock + Limits.Lock).Ticket.IsAllowed);
        }, iter: Iterations.Of(1_000));

    [Fact]
    public void It_stays_bounded_and_is_forgotten_when_it_says()
    {
        var (state, now) = (LockOutState.Nothing, Start);
        for (var n = 0; n < 50; n++)
        {
            now += TimeSpan.FromMinutes(20);
            state = LockOutRule.Begin(state, Id(2 * n), null, Limits, now).Next;
            state = LockOutRule.Succeeded(state, Id(2 * n), $"device-{n}", Limits, now);
        }

        Assert.Equal(Enumerable.Range(42, 8).Select(n => $"device-{n}"), state.Devices.Select(device => device.Device));
        Assert.Equal(now + Limits.Remember, LockOutRule.ForgetAt(state, Limits));
        Assert.False(LockOutRule.Settle(state, Limits, now + Limits.Remember - TimeSpan.FromTicks(1)).IsNothing);
        Assert.True(LockOutRule.Settle(state, Limits, now + Limits.Remember).IsNothing);
    }

    private static Guid Id(int n) => new(n, 1, 0, new byte[8]);

    /// <summary>Keeps everything that ever happened, and looks through all of it for each answer.</summary>
    private sealed class History
    {
        private readonly List<(Guid Attempt, string Counter, DateTimeOffset At)> _begun = [];
        private readonly List<(Guid Attempt, int AfterBegun)> _cleared = [];
        private readonly HashSet<Guid> _failed = [];
        private readonly HashSet<string> _devices = [];

        public int Count { get; private set; }

        public DateTimeOffset? Begin(Guid attempt, string? device, DateTimeOffset now)
        {
            Count++;
            var counter = device is not null && _devices.Contains(device) ? device : "";
            var (_, until) = Counted(counter, now);
            if (until is null) _begun.Add((attempt, counter, now));
            return until;
        }

        public void Fail(Guid attempt) => _failed.Add(attempt);

        public void Succeed(Guid attempt, string? device, DateTimeOffset now)
        {
            var it = _begun.Single(begun => begun.Attempt == attempt);
            if (_failed.Contains(attempt) || !Counted(it.Counter, now).Live.Contains(attempt)) return;
            _cleared.Add((attempt, _begun.Count));
            if (device is not null) _devices.Add(device);
        }

        /// <summary>The tries of a counter that count at an instant, and until when they lock it.</summary>
        private (HashSet<Guid> Live, DateTimeOffset? Until) Counted(string counter, DateTimeOffset now)
        {
            var since = _cleared.Where(clear => _begun.Any(begun => begun.Attempt == clear.Attempt && begun.Counter == counter)).Select(clear => clear.AfterBegun).DefaultIfEmpty(0).Max();
            List<(Guid Attempt, DateTimeOffset At)> live = [];
            foreach (var (attempt, _, at) in _begun.Skip(since).Where(begun => begun.Counter == counter))
            {
                if (live.Count == 3) live.Clear(); // it was let in after a lock, so the lock is over
                live.RemoveAll(it => at - it.At >= TimeSpan.FromMinutes(15));
                live.Add((attempt, at));
            }

            if (live.Count == 3) return live[2].At.AddMinutes(30) > now ? ([.. live.Select(it => it.Attempt)], live[2].At.AddMinutes(30)) : ([], null);
            return ([.. live.Where(it => now - it.At < TimeSpan.FromMinutes(15)).Select(it => it.Attempt)], null);
        }
    }
}
