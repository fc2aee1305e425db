using System.Collections.Immutable;
using System.Text.Json;
using ComplianceGrid.Storage;

namespace ComplianceGrid.Status;

/// <summary>
/// What a book may hold, so that a flood of source keys cannot make a state of any size. Whatever were dropped to make room could
/// come again and then count, or not, by the order of arrival: so nothing is dropped, and what does not fit is refused. A
/// withdrawal makes room, and adverse facts may fill what others may not: bad news must not fail for want of room.
/// </summary>
internal static class FactLimits
{
    public const int PerItem = 40, PerItemAdverse = 48;

    /// <summary>Of the book as it is stored, in bytes: a state has 16 KB.</summary>
    public const int Bytes = 13 * 1024, BytesAdverse = Bytes + 1536;

    /// <param name="before">Within its limits.</param>
    /// <exception cref="GridException"><see cref="GridError.TooManyFacts"/>.</exception>
    public static void Check(ImmutableArray<Fact> before, ImmutableArray<Fact> after, Fact added)
    {
        if (added.Stands && Of(after, added.Item) is var count && count > (added.IsAdverse ? PerItemAdverse : PerItem) && count > Of(before, added.Item))
            throw new GridException(GridError.TooManyFacts, "The record holds as many facts of this item as it may.");
        if (Size(after) is var size && size > (added.IsAdverse ? BytesAdverse : Bytes) && size > Size(before))
            throw new GridException(GridError.TooManyFacts, "The record holds as many facts as it may.");
    }

    internal static int Size(ImmutableArray<Fact> facts) => JsonSerializer.SerializeToUtf8Bytes(facts, GridJson.Options).Length;

    private static int Of(ImmutableArray<Fact> facts, string? item) => facts.Count(fact => fact.Stands && fact.Item == item);
}
