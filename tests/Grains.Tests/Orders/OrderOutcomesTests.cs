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
        }, iter: 2000);

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
    }

    private static (ImmutableArray<Fact> Facts, ImmutableArray<OrderMilestone> Milestones) Apply(IEnumerable<EventData> events) =>
        events.Aggregate((Facts: ImmutableArray<Fact>.Empty, Milestones: ImmutableArray<OrderMilestone>.Empty), (state, e) =>
            (FactBook.Apply(state.Facts, e), OrderOutcomes.Reached(state.Milestones, e.Milestone, e.ObservedAt)));
}
