using System.Collections.Concurrent;
using ComplianceGrid.Storage.Sql;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Storage.Tests.Sql;

public sealed class GroupReadTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_asked_while_a_read_runs_is_one_read_and_each_gets_its_own_answer()
    {
        var (groups, begun, go) = (new ConcurrentQueue<int[]>(), new TaskCompletionSource(), new TaskCompletionSource());
        await using var reads = new GroupRead<int, string>(async asked =>
        {
            groups.Enqueue([.. asked]);
            begun.TrySetResult();
            await go.Task;
            return [.. asked.Select(n => $"of {n}")];
        });
        var first = reads.AskAsync(1, Ct);
        await begun.Task.WaitAsync(Eventually.Patience, Ct);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var left = reads.AskAsync(2, impatient.Token);
        var others = Enumerable.Range(3, 5).Select(n => reads.AskAsync(n, Ct)).ToArray();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        go.SetResult();
        Assert.Equal("of 1", await first);
        Assert.Equal(["of 3", "of 4", "of 5", "of 6", "of 7"], await Task.WhenAll(others));
        Assert.Equal([[1], [2, 3, 4, 5, 6, 7]], groups);
    }

    [Fact]
    public async Task A_read_that_fails_says_so_to_whoever_asked_and_the_next_is_read()
    {
        var fails = true;
        await using var reads = new GroupRead<int, int>(asked => fails ? throw new IOException("away") : Task.FromResult(asked));
        await Assert.ThrowsAsync<IOException>(() => reads.AskAsync(1, Ct));
        fails = false;
        Assert.Equal(2, await reads.AskAsync(2, Ct));
    }
}
