using System.Collections.Immutable;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Grains.Tests.Audit;

public sealed class GroupAppendTests
{
    private readonly List<int> written = [];
    private TaskCompletionSource commit = new();
    private ImmutableArray<string> refused = [];

    [Fact]
    public async Task What_queues_during_a_commit_is_the_next_batch_and_each_caller_ends_with_its_own()
    {
        var append = New();
        var first = append.AddAsync([Entry()]);
        Task[] queued = [.. Enumerable.Range(0, 50).Select(_ => append.AddAsync([Entry(), Entry()]))];
        Assert.Equal([1], written);
        Assert.False(first.IsCompleted);

        Commit();
        await first;
        Assert.Equal([1, 100], written);
        Assert.All(queued, task => Assert.False(task.IsCompleted));

        Commit();
        await Task.WhenAll(queued);
        Assert.Equal([1, 100], written);
    }

    [Fact]
    public async Task A_failed_batch_fails_its_callers_and_no_others()
    {
        var append = New();
        var first = append.AddAsync([Entry()]);
        var second = append.AddAsync([Entry()]);

        var failing = commit;
        commit = new();
        failing.SetException(new InvalidOperationException());
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);

        Commit();
        await second;
        var third = append.AddAsync([Entry()]);
        Commit();
        await third;
        Assert.Equal([1, 1, 1], written);
    }

    [Fact]
    public async Task A_refused_log_is_told_to_those_who_brought_entries_for_it()
    {
        refused = ["globex"];
        var append = New();
        var first = append.AddAsync([Entry()]);
        var mixed = append.AddAsync([Entry(), Entry() with { TenantId = "globex" }]);
        var other = append.AddAsync([Entry()]);
        Commit();
        Commit();

        Assert.Empty(await first);
        Assert.Equal(["globex"], await mixed);
        Assert.Empty(await other);
    }

    [Fact]
    public async Task A_transaction_is_bounded_but_a_callers_entries_stay_together()
    {
        var append = New();
        var first = append.AddAsync([Entry()]);
        var large = append.AddAsync([.. Enumerable.Repeat(Entry(), 6_000)]);
        Task[] more = [.. Enumerable.Range(0, 6).Select(_ => append.AddAsync([.. Enumerable.Repeat(Entry(), 1_000)]))];
        for (var i = 0; i < 4; i++)
        {
            Commit();
            await Task.Yield();
        }

        await Task.WhenAll([first, large, .. more]);
        Assert.Equal([1, 6_000, 5_000, 1_000], written);
    }

    private GroupAppend New() => new(async entries =>
    {
        written.Add(entries.Count);
        await commit.Task;
        return refused;
    }, new(TimeSpan.Zero));

    private void Commit()
    {
        var running = commit;
        commit = new();
        running.SetResult();
    }

    private static AuditEntry Entry() => TestEntry.New();
}
