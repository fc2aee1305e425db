using System.Collections.Immutable;
using ComplianceGrid.Events;
using ComplianceGrid.Status;

namespace ComplianceGrid.Orders;

/// <summary>What an order has come to, by what its vendor said of each object. Independent of the order in which it was said.</summary>
internal static class OrderOutcomes
{
    /// <summary>The latest that is more than pending; cancelled when everything is; else null: pending.</summary>
    public static Fact? Governing(ImmutableArray<Fact> facts) =>
        facts.Where(fact => fact.Stands && fact.Outcome != FactOutcome.Pending)
            .OrderBy(fact => fact.ObservedAt).ThenBy(fact => fact.Outcome).ThenBy(fact => fact.SourceKey, StringComparer.Ordinal)
            .LastOrDefault()
        ?? (facts.Length > 0 && facts.All(fact => !fact.Stands) ? facts[^1] : null);

    public static FactOutcome Of(ImmutableArray<Fact> facts) => Governing(facts)?.Outcome ?? FactOutcome.Pending;

    /// <summary>By name; the earliest time that was said of a milestone stands.</summary>
    public static ImmutableArray<OrderMilestone> Reached(ImmutableArray<OrderMilestone> milestones, string? name, DateTimeOffset at)
    {
        if (name is null) return milestones;
        var known = milestones.FirstOrDefault(milestone => milestone.Name == name);
        if (known is null) return [.. milestones.Add(new(name, at)).OrderBy(milestone => milestone.Name, StringComparer.Ordinal)];
        return at < known.At ? milestones.Replace(known, known with { At = at }) : milestones;
    }
}
