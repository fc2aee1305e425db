using System.Collections.Immutable;
using ComplianceGrid.Events;

namespace ComplianceGrid.Status;

public sealed class FactLimitsTests
{
    [Theory]
    [InlineData(FactOutcome.Satisfied, FactLimits.PerItem)]
    [InlineData(FactOutcome.Prohibited, FactLimits.PerItemAdverse)]
    public void An_item_has_so_many_facts_and_not_one_more(FactOutcome outcome, int most)
    {
        var book = Enumerable.Range(0, most).Aggregate(ImmutableArray<Fact>.Empty, (facts, n) => FactBook.Apply(facts, Said(outcome, $"k{n}")));
        Assert.Equal(most, book.Length);
        Refused(book, Said(outcome, "one-more"));
        Assert.Equal(most + 1, FactBook.Apply(book, Said(outcome, "one-more") with { Retracted = true }).Length); // does not stand, so it is none of them
    }

    [Theory]
    [InlineData(FactOutcome.Satisfied, FactLimits.Bytes)]
    [InlineData(FactOutcome.Failed, FactLimits.BytesAdverse)]
    public void The_book_has_so_many_bytes_and_not_one_more(FactOutcome outcome, int most)
    {
        var book = Filled(outcome, most - 300);
        var small = FactLimits.Size(FactBook.Join(book, Fact.From(Said(outcome, "k"))));
        var fits = Said(outcome, "k" + new string('x', most - small));
        Assert.Equal(most, FactLimits.Size(FactBook.Apply(book, fits)));
        Refused(book, fits with { SourceKey = fits.SourceKey + "x" });
    }

    [Fact]
    public void Above_the_ordinary_limit_what_makes_the_book_no_larger_is_taken()
    {
        var full = Filled(FactOutcome.Failed, FactLimits.Bytes + 200);
        var same = Said(FactOutcome.Failed, full[0].SourceKey) with { SourceVersion = 2, Item = full[0].Item };
        Assert.Equal(2, FactBook.Apply(full, same)[0].SourceVersion);
        var longer = same with { Outcome = FactOutcome.Pending, SourceVersion = 3 }; // by one letter
        Refused(full, longer);
        var asLong = longer with { Item = full[0].Item![..^1] };
        Assert.Equal(FactLimits.Size(full), FactLimits.Size(FactBook.Apply(full, asLong)));
        Assert.Equal(FactOutcome.Pending, FactBook.Apply(full, longer with { Item = "i" })[0].Outcome);
    }

    [Fact]
    public void An_item_above_its_ordinary_limit_still_takes_newer_versions()
    {
        var full = Enumerable.Range(0, FactLimits.PerItemAdverse).Aggregate(ImmutableArray<Fact>.Empty, (facts, n) => FactBook.Apply(facts, Said(FactOutcome.Failed, $"k{n}")));
        Assert.Equal(FactOutcome.Satisfied, FactBook.Apply(full, Said(FactOutcome.Satisfied, "k7") with { SourceVersion = 2 }).Single(f => f.SourceKey == "k7").Outcome);
        Refused(full, Said(FactOutcome.Satisfied, "one-more"));
    }

    /// <summary>Twenty of each item, so that only the bytes count.</summary>
    private static ImmutableArray<Fact> Filled(FactOutcome outcome, int bytes)
    {
        var book = ImmutableArray<Fact>.Empty;
        for (var n = 0; FactLimits.Size(book) < bytes - 150; n++) book = FactBook.Join(book, Fact.From(Said(outcome, $"fill/{n:D40}") with { Item = $"item-{n / 20}" }));
        return book;
    }

    private static EventData Said(FactOutcome outcome, string key) =>
        new() { SourceKey = key, SourceVersion = 1, Item = "item", Outcome = outcome, ObservedAt = Given.Monday };

    private static void Refused(ImmutableArray<Fact> book, EventData data) =>
        Assert.Equal(GridError.TooManyFacts, Assert.Throws<GridException>(() => FactBook.Apply(book, data)).Error);
}
