namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>The first thing in a log that is not as it must be.</summary>
/// <param name="Index">The row that it was seen at, or the first of the rows among which it is; null: it is about no row.</param>
/// <param name="Id">That row's entry id, where there is such a row.</param>
/// <param name="What">In words. No content of an entry.</param>
public sealed record Misfit(long? Index, Guid? Id, string What)
{
    public override string ToString() =>
        Index is null ? What : Id is null ? string.Create(null, $"row {Index}: {What}") : string.Create(null, $"row {Index} (id {Id:D}): {What}");
}

/// <summary>Ends a verification.</summary>
internal sealed class MisfitException(Misfit misfit) : Exception(misfit.ToString())
{
    public Misfit Misfit { get; } = misfit;
}
