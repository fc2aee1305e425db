using System.Collections.Immutable;
using ComplianceGrid.Events;
using ComplianceGrid.Status;
using CsCheck;

namespace ComplianceGrid.Orders;

public sealed class OrderOutcomesTests
{
    [Fact]
    public void Any_permutation_with_repeats_gives_the_same_outcome_and_milestones() =>
        Gen.Select(Worlds.Event.Array[1, 8], Gen.Int[0, int.MaxValue], Gen.Bool).Sample((events, seed, dot) =>
        {
            var named = events.Select((e, i) => e with { Milestone = i % 3 == 0 ? null : $"m{i % 4}" }).ToArray();
            var others = named.Concat(named).ToArray();
            new Random(seed).Shuffle(others);
            var (one, other) = (Apply(named), Apply(others));
            Assert.Equal(OrderOutcomes.Of(one.Facts, dot), OrderOutcomes.Of(other.Facts, dot));
            Assert.Equal(OrderOutcomes.Governing(one.Facts, dot), OrderOutcomes.Governing(other.Facts, dot));
            Assert.Equal(one.Milestones, other.Milestones);
        }, iter: Iterations.Of(2000));

    [Fact]
    public void An_order_is_cancelled_when_its_only_result_is_though_milestones_stand()
    {
        ImmutableArray<Fact> facts =
        [
            new() { SourceKey = "checkr/invitation/1", SourceVersion = 1, Outcome = FactOutcome.Pending, ObservedAt = Given.Monday },
            new() { SourceKey = "checkr/report/1", SourceVersion = 2, Outcome = FactOutcome.Cancelled },
        ];
        Assert.Equal(FactOutcome.Cancelled, OrderOutcomes.Of(facts, dot: false));
        Assert.Equal(FactOutcome.Pending, OrderOutcomes.Of(facts.Add(Given.Fact(FactOutcome.Pending, Given.Monday, key: "checkr/report/2")), dot: false));
        Assert.Equal(FactOutcome.Pending, OrderOutcomes.Of([], dot: false));
        // What is more than pending is more than a milestone, though it names no item.
        Assert.Equal(FactOutcome.Failed, OrderOutcomes.Of([facts[0] with { Outcome = FactOutcome.Failed }, facts[1]], dot: false));
    }

    [Fact]
    public void It_comes_to_what_a_plain_search_finds() =>
        Gen.Select(Worlds.Event.Array[0, 8], Gen.Bool).Sample((events, dot) =>
        {
            var facts = Apply(events).Facts;
            Fact? found = null;
            foreach (var fact in facts)
            {
                var counts = fact.Outcome is FactOutcome.Satisfied or FactOutcome.Failed or FactOutcome.Prohibited || (fact.Outcome == FactOutcome.AwaitingReview && !dot);
                if (counts && (found is null || IsNewer(fact, found))) found = fact;
            }

            if (found is null && facts.Length > 0 && facts.All(fact => fact.Outcome == FactOutcome.Cancelled)) found = facts[^1];
            Assert.Equal(found, OrderOutcomes.Governing(facts, dot));
            Assert.Equal(found?.Outcome ?? FactOutcome.Pending, OrderOutcomes.Of(facts, dot));

            static bool IsNewer(Fact a, Fact b) => a.ObservedAt != b.ObservedAt ? a.ObservedAt > b.ObservedAt
                : a.Outcome != b.Outcome ? a.Outcome > b.Outcome
                : string.CompareOrdinal(a.SourceKey, b.SourceKey) > 0;
        }, iter: Iterations.Of(2000));

    [Fact]
    public void What_was_established_at_one_instant_is_settled_for_the_graver_and_then_by_source()
    {
        Fact[] facts =
        [
            Given.Fact(FactOutcome.Failed, Given.Monday, key: "a"),
            Given.Fact(FactOutcome.Satisfied, Given.Monday, key: "b"),
            Given.Fact(FactOutcome.Failed, Given.Monday, key: "c"),
            Given.Fact(FactOutcome.Satisfied, Given.Monday.AddTicks(-10), key: "d"),
        ];
        Assert.Equal("c", OrderOutcomes.Governing([.. facts], dot: false)?.SourceKey);
        Assert.Equal("c", OrderOutcomes.Governing([.. facts.Reverse()], dot: false)?.SourceKey);
    }

    [Fact]
    public void A_milestone_keeps_its_earliest_time_and_what_says_nothing_new_gives_the_very_same_list()
    {
        ImmutableArray<OrderMilestone> reached = [new("collected", Given.Monday), new("received", Given.Monday)];
        Assert.True(OrderOutcomes.Reached(reached, null, Given.Monday) == reached);
        Assert.True(OrderOutcomes.Reached(reached, "received", Given.Monday) == reached);
        Assert.True(OrderOutcomes.Reached(reached, "received", Given.Monday.AddTicks(1)) == reached);
        Assert.Equal([reached[0], new("received", Given.Monday.AddTicks(-1))], OrderOutcomes.Reached(reached, "received", Given.Monday.AddTicks(-1)));
        Assert.Equal([reached[0], new("invited", Given.Monday), reached[1]], OrderOutcomes.Reached(reached, "invited", Given.Monday));
    }

    private static (ImmutableArray<Fact> Facts, ImmutableArray<OrderMilestone> Milestones) Apply(IEnumerable<EventData> events) =>
        events.Aggregate((Facts: ImmutableArray<Fact>.Empty, Milestones: ImmutableArray<OrderMilestone>.Empty), (state, e) =>
            (FactBook.Apply(state.Facts, e), OrderOutcomes.Reached(state.Milestones, e.Milestone, e.ObservedAt)));
}
