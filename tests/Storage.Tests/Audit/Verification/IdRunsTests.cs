using ComplianceGrid.Storage.Audit.Verification;
using CsCheck;

namespace ComplianceGrid.Storage.Tests.Audit.Verification;

public sealed class IdRunsTests
{
    [Fact]
    public void The_first_repeat_is_found_however_little_stays_in_memory() => Gen.Select(Gen.Int[0, 60].Array[0, 80], Gen.Int[1, 100]).Sample((ids, inMemory) =>
    {
        using var runs = new IdRuns(inMemory);
        for (var i = 0; i < ids.Length; i++) runs.Add(IdOf(ids[i]), i);

        var repeats = ids.Select((id, index) => (id, index)).GroupBy(one => one.id).Where(group => group.Count() > 1).Select(group => group.ElementAt(1)).OrderBy(one => one.index).ToArray();
        Assert.Equal(repeats.Length == 0 ? null : (repeats[0].index, IdOf(repeats[0].id)), runs.FirstRepeat());
    });

    private static Guid IdOf(int number) => new(number, 7, 9, [1, 2, 3, 4, 5, 6, 7, (byte)number]);
}
