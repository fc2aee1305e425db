using System.Collections.Immutable;
using ComplianceGrid.Events;

namespace ComplianceGrid.Status;

/// <summary>
/// Facts by source key, in its order. Applying is a join: per key the greatest wins, so any order of the same events, with
/// repeats, gives the same book.
/// </summary>
public static class FactBook
{
    /// <summary>The book with what the event says; the very same array when it says nothing new.</summary>
    /// <exception cref="GridException"><see cref="GridError.TooManyFacts"/>: it is no less true, but does not fit (<see cref="FactLimits"/>).</exception>
    public static ImmutableArray<Fact> Apply(ImmutableArray<Fact> facts, EventData data)
    {
        var fact = Fact.From(data);
        var joined = Join(facts, fact);
        if (joined != facts) FactLimits.Check(facts, joined, fact);
        return joined;
    }

    internal static ImmutableArray<Fact> Join(ImmutableArray<Fact> facts, Fact fact)
    {
        var index = facts.BinarySearch(fact, ByKey);
        return index < 0 ? facts.Insert(~index, fact)
            : Compare(fact, facts[index]) > 0 ? facts.SetItem(index, fact)
            : facts;
    }

    private static readonly Comparer<Fact> ByKey =
        Comparer<Fact>.Create((a, b) => string.CompareOrdinal(a.SourceKey, b.SourceKey));

    /// <summary>
    /// By version. A source that says two things under one version is at fault; then the graver counts, and the rest of the
    /// content breaks the tie, so that order of arrival never does.
    /// </summary>
    private static int Compare(Fact a, Fact b) =>
        (a.SourceVersion, a.Outcome, a.ObservedAt, Of(a.EffectiveOn), Of(a.ExpiresOn), a.ExpectedBy ?? default)
            .CompareTo((b.SourceVersion, b.Outcome, b.ObservedAt, Of(b.EffectiveOn), Of(b.ExpiresOn), b.ExpectedBy ?? default)) switch
        {
            0 => string.CompareOrdinal(a.Item, b.Item),
            var order => order,
        };

    private static DateOnly Of(DateOnly? day) => day ?? default;
}
