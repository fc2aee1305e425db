using System.Collections.Immutable;
using ComplianceGrid.Events;
using ComplianceGrid.Status;

namespace ComplianceGrid.Orders;

/// <summary>What an order has come to, by what its vendor said of each object. Independent of the order in which it was said.</summary>
internal static class OrderOutcomes
{
    /// <summary>
    /// The latest that is more than pending; cancelled when every result is (a mere milestone, which names no item, is none);
    /// else null: pending.
    /// </summary>
    /// <param name="dot">A DOT test under medical review is pending to all but its reviewer (49 CFR 40.97).</param>
    public static Fact? Governing(ImmutableArray<Fact> facts, bool dot) =>
        facts.Where(fact => fact.Stands && fact.Outcome != FactOutcome.Pending && !(dot && fact.Outcome == FactOutcome.AwaitingReview))
            .OrderBy(fact => fact.ObservedAt).ThenBy(fact => fact.Outcome).ThenBy(fact => fact.SourceKey, StringComparer.Ordinal)
            .LastOrDefault()
        ?? (facts.Any(fact => fact.Item is not null && fact.Stands) ? null : facts.LastOrDefault(fact => !fact.Stands));

    public static FactOutcome Of(ImmutableArray<Fact> facts, bool dot) => Governing(facts, dot)?.Outcome ?? FactOutcome.Pending;

    /// <summary>By name; the earliest time that was said of a milestone stands.</summary>
    public static ImmutableArray<OrderMilestone> Reached(ImmutableArray<OrderMilestone> milestones, string? name, DateTimeOffset at)
    {
        if (name is null) return milestones;
        var known = milestones.FirstOrDefault(milestone => milestone.Name == name);
        if (known is null) return [.. milestones.Add(new(name, at)).OrderBy(milestone => milestone.Name, StringComparer.Ordinal)];
        return at < known.At ? milestones.Replace(known, known with { At = at }) : milestones;
    }
}
