using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Storage.Tests.Outbox;

public sealed class OutboxStoreTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_message_is_claimed_once_in_order_and_gone_when_handed_over()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        await WriteAsync(host, 20);
        var outbox = host.Get<OutboxStore>();

        var claims = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => outbox.ClaimAsync(OutboxKinds.Audit, 1, 7, Lease)));
        Assert.Equal(20, claims.SelectMany(claim => claim).Select(m => m.Message.Id).Distinct().Count());
        Assert.Equal(20, claims.Sum(claim => claim.Count));
        Assert.All(claims, claim => Assert.Equal(claim.OrderBy(m => m.CreatedAt).Select(m => m.Message.Id), claim.Select(m => m.Message.Id)));
        Assert.All(claims.SelectMany(claim => claim), m => Assert.Equal(1, m.Attempt));
        Assert.Empty(await outbox.ClaimAsync(OutboxKinds.Audit, 2, 7, Lease, TestContext.Current.CancellationToken));
        Assert.Empty(await outbox.ClaimAsync(OutboxKinds.Order, 1, 7, Lease, TestContext.Current.CancellationToken));

        await outbox.DeleteAsync([.. claims.SelectMany(claim => claim).Select(m => m.Message.Id)], TestContext.Current.CancellationToken);
        Assert.Equal(new OutboxBacklog(0, null), await outbox.BacklogAsync(OutboxKinds.Audit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_failed_message_waits_longer_each_time_and_a_lost_claim_comes_back()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        await WriteAsync(host, 1);
        var outbox = host.Get<OutboxStore>();
        var first = Assert.Single(await outbox.ClaimAsync(OutboxKinds.Audit, 1, 5, TimeSpan.Zero, TestContext.Current.CancellationToken));
        var second = Assert.Single(await outbox.ClaimAsync(OutboxKinds.Audit, 1, 5, Lease, TestContext.Current.CancellationToken)); // the first relay died
        Assert.Equal((1, 2), (first.Attempt, second.Attempt));

        await outbox.FailAsync(first, "too late", TestContext.Current.CancellationToken); // it lost its claim: nothing changes
        Assert.Null(await Db.ScalarAsync<string>(db.Grid(GridRole.Silo), "SELECT error FROM grid.outbox"));
        await outbox.FailAsync(second, "GRID-1015", TestContext.Current.CancellationToken);
        Assert.Equal("GRID-1015", await Db.ScalarAsync<string>(db.Grid(GridRole.Silo), "SELECT error FROM grid.outbox"));
        Assert.True(await Db.ScalarAsync<bool>(db.Grid(GridRole.Silo),
            "SELECT next_attempt_at BETWEEN clock_timestamp() - interval '20 s' AND clock_timestamp() + interval '2 s' FROM grid.outbox"));
    }

    [Fact]
    public async Task A_batch_that_fails_together_waits_by_each_message_s_own_attempts_and_leaves_the_lost_claims_alone()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var db = await GridDatabase.CreateAsync(ct);
        await using var host = StorageHost.Start(db);
        await WriteAsync(host, 3);
        var outbox = host.Get<OutboxStore>();
        var lost = await outbox.ClaimAsync(OutboxKinds.Audit, 1, 1, TimeSpan.Zero, ct); // a relay that dies with the oldest
        var claimed = await outbox.ClaimAsync(OutboxKinds.Audit, 1, 3, Lease, ct);
        Assert.Equal([2, 1, 1], claimed.Select(m => m.Attempt));

        await outbox.FailAsync([lost[0], claimed[1], claimed[2]], "GRID-1015", ct);

        Assert.Equal(2L, await Db.ScalarAsync<long>(db.Grid(GridRole.Silo),
            "SELECT count(*) FROM grid.outbox WHERE error = 'GRID-1015' AND attempt = 1 AND next_attempt_at <= clock_timestamp() + interval '1 s'"));
        await outbox.FailAsync(claimed, "IOException", ct);
        Assert.Equal(3L, await Db.ScalarAsync<long>(db.Grid(GridRole.Silo), "SELECT count(*) FROM grid.outbox WHERE error = 'IOException'"));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 16)]
    [InlineData(9, 256)]
    [InlineData(10, 300)]
    [InlineData(1_000_000, 300)]
    public void Back_off_doubles_up_to_five_minutes(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), OutboxBackOff.After(attempt));

    private static async Task WriteAsync(StorageHost host, int messages)
    {
        GrainState.EmployeeWrites employees = new(host);
        for (var n = 0; n < messages; n++)
        {
            var key = Sample.Key("acme", n);
            await employees.WriteAsync(key, k => Sample.Employee(k), commit => commit with { Outbox = [Sample.Message(key, "hired")] });
        }
    }
}
