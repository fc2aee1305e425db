using System.Collections.Immutable;
using ComplianceGrid.Events;
using ComplianceGrid.Policies;

namespace ComplianceGrid.Status;

/// <summary>A result of an item and for how long it speaks.</summary>
/// <param name="Since">When it was established.</param>
/// <param name="From">The first instant at which it counts.</param>
/// <param name="ExpiresOn">Last day of validity; null: for ever, or adverse.</param>
/// <param name="AmberFrom">When it begins to be about to expire.</param>
/// <param name="Until">The first instant at which it is valid no more.</param>
internal sealed record Result(
    FactOutcome Outcome, DateTimeOffset Since, DateTimeOffset From, DateOnly? ExpiresOn, DateTimeOffset AmberFrom, DateTimeOffset Until);

/// <summary>The facts that stand for one requirement's item, in order of when they were established.</summary>
internal sealed class ItemHistory
{
    private readonly ImmutableArray<Result> _results;
    private readonly ImmutableArray<Fact> _open;

    public ItemHistory(IEnumerable<Fact> facts, Requirement requirement, TimeZoneInfo zone)
    {
        // Of what happened at one instant the gravest comes last and so governs; the source key only settles the rest.
        var ordered = facts.Where(f => f.Stands && f.Item == requirement.Item)
            .OrderBy(f => f.ObservedAt).ThenBy(f => f.Outcome).ThenBy(f => f.SourceKey, StringComparer.Ordinal)
            .ToList();
        _results = [.. ordered.Where(f => f.IsDecisive).Select(f => ToResult(f, requirement, zone))];
        _open = [.. ordered.Where(f => !f.IsDecisive)];
    }

    public IEnumerable<DateTimeOffset> Boundaries =>
        _results.SelectMany(r => (DateTimeOffset[])[r.From, r.AmberFrom, r.Until])
            .Concat(_open.Where(f => f.ExpectedBy is not null).Select(f => f.ExpectedBy!.Value));

    /// <summary>The latest result that counts at an instant; null: none.</summary>
    public Result? Governing(DateTimeOffset at) => _results.LastOrDefault(r => r.From <= at);

    /// <summary>A renewal is on file that leaves no gap, so the end of this one is nobody's concern. Bad news is none: it counts since ever.</summary>
    public bool IsRenewed(Result result) =>
        _results.Any(r => r.From > result.From && r.From <= result.Until && r.Until > result.Until);

    /// <summary>The newest order without result, if it is newer than the result that governs.</summary>
    public Fact? Pending(Result? governing) => NewestOpen(FactOutcome.Pending, governing);

    /// <summary>The newest result that waits for a human decision, likewise.</summary>
    public Fact? UnderReview(Result? governing) => NewestOpen(FactOutcome.AwaitingReview, governing);

    private Fact? NewestOpen(FactOutcome outcome, Result? governing) =>
        _open.LastOrDefault(f => f.Outcome == outcome && (governing is null || f.ObservedAt > governing.Since));

    private static Result ToResult(Fact fact, Requirement requirement, TimeZoneInfo zone)
    {
        // Bad news is believed at once, good news not before it was established and in effect.
        if (fact.IsAdverse) return new(fact.Outcome, fact.ObservedAt, DateTimeOffset.MinValue, null, DateTimeOffset.MaxValue, DateTimeOffset.MaxValue);

        var from = fact.EffectiveOn is { } day ? Later(fact.ObservedAt, LegalDay.StartOf(day, zone)) : fact.ObservedAt;
        var expires = fact.ExpiresOn ?? (requirement.ValidForMonths is { } months
            ? LegalDay.ShiftMonths(fact.EffectiveOn ?? LegalDay.Of(fact.ObservedAt, zone), months)
            : null);
        return expires is { } last
            ? new(fact.Outcome, fact.ObservedAt, from, last,
                LegalDay.StartOf(LegalDay.Shift(last, -requirement.AmberDays), zone), LegalDay.EndOf(last, zone))
            : new(fact.Outcome, fact.ObservedAt, from, null, DateTimeOffset.MaxValue, DateTimeOffset.MaxValue);
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
