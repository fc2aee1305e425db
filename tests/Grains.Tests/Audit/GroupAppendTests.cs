using ComplianceGrid.Audit;

namespace ComplianceGrid.Grains.Tests.Audit;

public sealed class GroupAppendTests
{
    private readonly List<int> written = [];
    private TaskCompletionSource commit = new();

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

    private GroupAppend New() => new(entries =>
    {
        written.Add(entries.Count);
        return commit.Task;
    });

    private void Commit()
    {
        var running = commit;
        commit = new();
        running.SetResult();
    }

    private static AuditEntry Entry() => new()
    {
        Id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch),
        Timestamp = DateTimeOffset.UnixEpoch,
        TenantId = "acme",
        UserId = "u",
        UserRole = "r",
        Action = AuditAction.Read,
        Resource = "employees",
        Success = true,
    };
}
