using System.Collections.Immutable;
using ComplianceGrid.Events;
using CsCheck;

namespace ComplianceGrid.Status;

public sealed class StatusProperties
{
    [Fact]
    public void Overall_is_the_worst_reason() => Worlds.World.Sample(world =>
    {
        var assessment = Evaluate(world, world.Now);
        Assert.Equal(assessment.Reasons.Select(r => r.Status).DefaultIfEmpty(ComplianceStatus.Green).Max(), assessment.Status);
        Assert.DoesNotContain(assessment.Reasons, r => r.Status == ComplianceStatus.Green);
        Assert.Equal(assessment.Reasons.Select(r => r.Status), assessment.Reasons.Select(r => r.Status).OrderDescending());
    }, iter: Iterations.Of(3000));

    [Fact]
    public void The_order_of_facts_and_requirements_does_not_matter() =>
        Gen.Select(Worlds.World, Gen.Int[0, int.MaxValue]).Sample((world, seed) =>
        {
            var facts = world.Facts with { Facts = Shuffle(world.Facts.Facts, seed) };
            var policy = world.Policy with { Policy = world.Policy.Policy with { Requirements = Shuffle(world.Policy.Policy.Requirements, seed) } };
            AssertSame(Evaluate(world, world.Now), StatusEvaluator.Evaluate(facts, policy, world.Now));
        }, iter: Iterations.Of(3000));

    [Fact]
    public void Any_permutation_of_events_with_repeats_gives_the_same_facts() =>
        Gen.Select(Worlds.Event.Array[1, 12], Gen.Int[0, 11].Array[0, 12], Gen.Int[0, int.MaxValue]).Sample((events, repeats, seed) =>
        {
            var others = Shuffle([.. events, .. repeats.Select(i => events[i % events.Length])], seed);
            var (one, other) = (Apply(events), Apply(others));
            Assert.Equal(one, other);
            Assert.Equal(one, events.Aggregate(one, FactBook.Apply)); // and once more changes nothing
            Assert.True(events.Aggregate(one, FactBook.Apply) == one);
        }, iter: Iterations.Of(3000));

    /// <summary>A flood: long keys, many items, withdrawals, in any order with repeats.</summary>
    [Fact]
    public void Under_a_flood_the_book_stays_within_its_limits_and_is_the_join_of_exactly_what_was_accepted() =>
        Gen.Select(Gen.Int[0, 199], Gen.Int[0, 5], Worlds.Event).Select((key, item, e) => e with { SourceKey = $"vendor/{key:D80}", Item = $"item-{item}" })
            .Array[100, 400].Sample(events =>
            {
                var (book, accepted) = (ImmutableArray<Fact>.Empty, new List<EventData>());
                foreach (var e in events)
                {
                    try
                    {
                        book = FactBook.Apply(book, e);
                        accepted.Add(e);
                    }
                    catch (GridException full) when (full.Error == GridError.TooManyFacts)
                    {
                        Assert.NotEqual(book, FactBook.Join(book, Fact.From(e))); // only what is news is refused
                    }

                    Assert.InRange(FactLimits.Size(book), 0, FactLimits.BytesAdverse);
                    Assert.All(book.Where(f => f.Stands).GroupBy(f => f.Item), item => Assert.InRange(item.Count(), 0, FactLimits.PerItemAdverse));
                }

                var shuffled = Shuffle([.. accepted, .. accepted.Take(20)], events.Length);
                Assert.Equal(book, shuffled.Aggregate(ImmutableArray<Fact>.Empty, (facts, e) => FactBook.Join(facts, Fact.From(e))));
                Assert.True(accepted.Aggregate(book, FactBook.Apply) == book); // repeats of what was accepted change nothing, full or not
            }, iter: 100);

    [Fact]
    public void Until_the_next_transition_nothing_differs_and_then_something_does() =>
        Gen.Select(Worlds.World, Gen.Double[0, 1], Worlds.Instant).Sample((world, part, later) =>
        {
            var now = Evaluate(world, world.Now);
            if (now.NextTransitionAt is not { } next)
            {
                if (later > world.Now) AssertSame(now, Evaluate(world, later));
                return;
            }

            var between = world.Now.AddTicks((long)((next - world.Now).Ticks * part));
            foreach (var at in new[] { between < next ? between : world.Now, next.AddTicks(-1) }) AssertSame(now, Evaluate(world, at));
            var then = Evaluate(world, next);
            Assert.NotEqual(now.Reasons, then.Reasons);
            Assert.Equal(then.Status, now.NextStatus);
        }, iter: Iterations.Of(3000));

    [Fact]
    public void Transitions_tell_the_colour_at_every_later_instant() => Gen.Select(Worlds.World, Worlds.Instant).Sample((world, later) =>
    {
        var now = Evaluate(world, world.Now);
        Assert.Equal(now.Transitions.Select(t => t.At), now.Transitions.Select(t => t.At).Distinct().Order());
        Assert.All(now.Transitions, t => Assert.True(t.At > world.Now));
        Assert.All(now.Transitions.Prepend(new(world.Now, now.Status)).Zip(now.Transitions), pair => Assert.NotEqual(pair.First.Status, pair.Second.Status));
        if (later <= world.Now) return;
        var told = now.Transitions.LastOrDefault(t => t.At <= later, new(world.Now, now.Status)).Status;
        Assert.Equal(Evaluate(world, later).Status, told);
    }, iter: Iterations.Of(3000));

    [Fact]
    public void Before_work_is_never_green_without_a_satisfied_fact_that_is_established_by_then() => Worlds.World.Sample(world =>
    {
        var red = Evaluate(world, world.Now).Reasons.Where(r => r.Status == ComplianceStatus.Red).Select(r => r.Requirement).ToHashSet();
        foreach (var requirement in world.Policy.Policy.Requirements.Where(r => r.Gate == Gate.BeforeWork && !world.Facts.Waivers.Any(w => w.Requirement == r.Code)))
        {
            if (red.Contains(requirement.Code) || red.Contains("employment")) continue;
            Assert.Contains(world.Facts.Facts, f => f.Item == requirement.Item && f.Outcome == FactOutcome.Satisfied && f.ObservedAt <= world.Now);
        }
    }, iter: Iterations.Of(3000));

    [Fact]
    public void Who_is_cleared_for_work_has_no_red_reason_and_who_is_not_has_one() => Worlds.World.Sample(world =>
    {
        var clearance = StatusEvaluator.Clear(world.Facts, world.Policy, WorkFunctions.Work, world.Now);
        Assert.Equal(Evaluate(world, world.Now).Status != ComplianceStatus.Red, clearance.Allowed);
        Assert.Equal(clearance.Allowed, clearance.Reasons.IsEmpty);
    }, iter: Iterations.Of(3000));

    private static StatusAssessment Evaluate(World world, DateTimeOffset at) => StatusEvaluator.Evaluate(world.Facts, world.Policy, at);

    private static ImmutableArray<Fact> Apply(IEnumerable<EventData> events) => events.Aggregate(ImmutableArray<Fact>.Empty, FactBook.Apply);

    private static void AssertSame(StatusAssessment a, StatusAssessment b)
    {
        Assert.Equal((a.Status, a.NextTransitionAt, a.NextStatus, a.PolicyVersion), (b.Status, b.NextTransitionAt, b.NextStatus, b.PolicyVersion));
        Assert.Equal(a.Reasons, b.Reasons);
        Assert.Equal(a.Transitions, b.Transitions);
    }

    private static ImmutableArray<T> Shuffle<T>(ImmutableArray<T> items, int seed)
    {
        var random = new Random(seed);
        var copy = items.ToArray();
        random.Shuffle(copy);
        return [.. copy];
    }
}
