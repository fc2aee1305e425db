using System.Collections.Immutable;
using System.Text.Json;
using ComplianceGrid.Events;
using ComplianceGrid.Storage;

namespace ComplianceGrid.Status;

public sealed class FactBookTests
{
    private static readonly EventData Pending = new()
    {
        SourceKey = "order/1",
        SourceVersion = 1,
        Item = Given.DrugTest,
        Outcome = FactOutcome.Pending,
        ObservedAt = Given.Monday,
    };

    [Fact]
    public void The_greatest_version_stands_and_what_says_nothing_new_gives_the_very_same_book()
    {
        var book = FactBook.Apply([], Pending with { SourceVersion = 5, Outcome = FactOutcome.Satisfied });
        Assert.True(FactBook.Apply(book, Pending with { SourceVersion = 4, Outcome = FactOutcome.Failed }) == book);
        Assert.True(FactBook.Apply(book, Pending with { SourceVersion = 5, Outcome = FactOutcome.Satisfied }) == book);
        Assert.Equal(FactOutcome.Failed, FactBook.Apply(book, Pending with { SourceVersion = 6, Outcome = FactOutcome.Failed }).Single().Outcome);
        Assert.Equal(["order/0", "order/1", "order/2"],
            FactBook.Apply(FactBook.Apply(book, Pending with { SourceKey = "order/2" }), Pending with { SourceKey = "order/0" }).Select(f => f.SourceKey));
    }

    [Fact]
    public void Two_words_under_one_version_are_settled_for_the_graver()
    {
        var good = Pending with { Outcome = FactOutcome.Satisfied };
        var bad = Pending with { Outcome = FactOutcome.Failed };
        Assert.Equal(FactOutcome.Failed, FactBook.Apply(FactBook.Apply([], good), bad).Single().Outcome);
        Assert.Equal(FactOutcome.Failed, FactBook.Apply(FactBook.Apply([], bad), good).Single().Outcome);
    }

    public static TheoryData<EventData> Greater =>
    [
        Pending with { ObservedAt = Given.Monday.AddDays(1) },
        Pending with { EffectiveOn = new(2026, 3, 2) },
        Pending with { ExpiresOn = new(2026, 3, 2) },
        Pending with { ExpectedBy = Given.Monday.AddDays(1) },
        Pending with { Item = "z" },
    ];

    [Theory]
    [MemberData(nameof(Greater), DisableDiscoveryEnumeration = true)]
    public void Of_two_words_that_differ_in_one_thing_the_greater_stands_whichever_came_first(EventData greater)
    {
        var book = FactBook.Apply(FactBook.Apply([], Pending), greater);
        Assert.Equal(Fact.From(greater), book.Single());
        Assert.NotEqual(Fact.From(Pending), book.Single());
        Assert.Equal(book, FactBook.Apply(FactBook.Apply([], greater), Pending));
    }

    [Fact]
    public void A_result_is_expected_no_more() =>
        Assert.Null(FactBook.Apply([], Pending with { Outcome = FactOutcome.Satisfied, ExpectedBy = Given.Monday }).Single().ExpectedBy);

    [Fact]
    public void A_withdrawn_fact_keeps_key_and_version_alone_and_a_late_repeat_does_not_revive_it()
    {
        var withdrawn = FactBook.Apply(FactBook.Apply([], Pending with { Outcome = FactOutcome.Satisfied }), Pending with { SourceVersion = 2, Retracted = true });
        Assert.Equal(new Fact { SourceKey = "order/1", SourceVersion = 2, Outcome = FactOutcome.Cancelled }, withdrawn.Single());
        Assert.True(FactBook.Apply(withdrawn, Pending with { Outcome = FactOutcome.Satisfied }) == withdrawn);
        Assert.Equal("""[{"key":"order/1","v":2,"is":"cancelled"}]""", JsonSerializer.Serialize(withdrawn, GridJson.Options));
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_changes_nothing_and_newer_versions_of_what_is_there_still_count()
    {
        var book = Enumerable.Range(0, FactLimits.PerItem).Aggregate(ImmutableArray<Fact>.Empty, (facts, n) => FactBook.Apply(facts, Pending with { SourceKey = $"order/{n}" }));
        var refusal = Assert.Throws<GridException>(() => FactBook.Apply(book, Pending with { SourceKey = "order/one-more" }));
        Assert.Equal(GridError.TooManyFacts, refusal.Error);
        Assert.Equal(FactLimits.PerItem + 1, FactBook.Apply(book, Pending with { SourceKey = "order/one-more", Item = "another" }).Length);
        Assert.Equal(FactOutcome.Satisfied, FactBook.Apply(book, Pending with { SourceKey = "order/7", SourceVersion = 2, Outcome = FactOutcome.Satisfied }).Single(f => f.SourceKey == "order/7").Outcome);

        var worse = Enumerable.Range(0, 8).Aggregate(book, (facts, n) => FactBook.Apply(facts, Pending with { SourceKey = $"bad/{n}", Outcome = FactOutcome.Failed }));
        Assert.Throws<GridException>(() => FactBook.Apply(worse, Pending with { SourceKey = "bad/9", Outcome = FactOutcome.Failed }));
        var withdrawn = Enumerable.Range(0, 9).Aggregate(worse, (facts, n) => FactBook.Apply(facts, Pending with { SourceKey = $"order/{n}", SourceVersion = 2, Retracted = true }));
        Assert.Contains(FactBook.Apply(withdrawn, Pending with { SourceKey = "order/one-more" }), fact => fact.SourceKey == "order/one-more");
    }

    [Fact]
    public void Instants_are_kept_as_PostgreSQL_keeps_them()
    {
        var fact = FactBook.Apply([], Pending with { ObservedAt = Given.Monday.AddTicks(17).ToOffset(TimeSpan.FromHours(2)), ExpectedBy = Given.Monday.AddTicks(9) }).Single();
        Assert.Equal((Given.Monday.AddTicks(10), TimeSpan.Zero, Given.Monday), (fact.ObservedAt, fact.ObservedAt.Offset, fact.ExpectedBy!.Value));
    }

    [Fact]
    public void It_survives_being_stored()
    {
        ImmutableArray<Fact> book = [Given.Fact(FactOutcome.Satisfied, Given.Monday, from: new(2026, 1, 1), to: new(2027, 1, 1), by: Given.Monday)];
        Assert.Equal(book, JsonSerializer.Deserialize<ImmutableArray<Fact>>(JsonSerializer.Serialize(book, GridJson.Options), GridJson.Options));
    }
}
