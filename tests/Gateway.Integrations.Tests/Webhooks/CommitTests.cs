using System.Net;
using Npgsql;

namespace ComplianceGrid.Gateway.Tests.Webhooks;

public sealed class CommitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_answer_comes_before_the_commit()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        await using var blocker = await world.Superuser.OpenConnectionAsync(Ct);
        await using var transaction = await blocker.BeginTransactionAsync(Ct);
        await using (var block = new NpgsqlCommand("LOCK TABLE grid.outbox IN ACCESS EXCLUSIVE MODE", blocker)) await block.ExecuteNonQueryAsync(Ct);

        var answer = world.PostAsync(GatewayWorld.Event("evt_1", "candidate.created"));
        await world.UntilAsync(() => WaitingAsync(blocker), "the commit waits for the lock");
        Assert.False(answer.IsCompleted);

        await transaction.RollbackAsync(Ct);
        Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);
        Assert.Equal(1L, await world.ReadAsync<long>("SELECT count(*) FROM grid.webhook_inbox"));
    }

    [Fact]
    public async Task A_commit_that_takes_too_long_is_503_and_the_repeat_is_taken()
    {
        await using var world = await GatewayWorld.StartAsync(Ct, new() { ["Webhooks:CommitTimeoutSeconds"] = "2" });
        var body = GatewayWorld.Event("evt_1", "candidate.created");
        await using (var blocker = await world.Superuser.OpenConnectionAsync(Ct))
        {
            await using var transaction = await blocker.BeginTransactionAsync(Ct);
            await using (var block = new NpgsqlCommand("LOCK TABLE grid.outbox IN ACCESS EXCLUSIVE MODE", blocker)) await block.ExecuteNonQueryAsync(Ct);
            using var late = await world.PostAsync(body);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, late.StatusCode);
            Assert.NotNull(late.Headers.RetryAfter);
        }

        using var again = await world.PostAsync(body);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(1L, await world.ReadAsync<long>("SELECT count(*) FROM grid.webhook_inbox"));
    }

    [Fact]
    public async Task With_the_database_away_it_is_503_and_afterwards_200_again()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        // Of this database alone: roles are the whole cluster's, and other tests use them.
        await world.RunAsync("DO $$ BEGIN EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM grid_gateway', current_database()); END $$");
        try
        {
            await world.RunAsync("SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'grid_gateway'");
            using var away = await world.PostAsync(GatewayWorld.Event("evt_1", "candidate.created"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
            Assert.NotNull(away.Headers.RetryAfter);
            Assert.DoesNotContain("at ComplianceGrid", await away.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            using var stranger = await world.PostAsync(GatewayWorld.Event("evt_1"), "00"); // verified all the same
            Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        }
        finally
        {
            await world.RunAsync("DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO grid_gateway', current_database()); END $$");
        }

        await world.UntilAsync(async () => (await world.PostAsync(GatewayWorld.Event("evt_1", "candidate.created"))).IsSuccessStatusCode, "taken again");
        Assert.Equal(1L, await world.ReadAsync<long>("SELECT count(*) FROM grid.webhook_inbox"));
    }

    [Fact]
    public async Task Many_at_once_share_commits_and_lose_nothing()
    {
        await using var world = await GatewayWorld.StartAsync(Ct, new() { ["Webhooks:CommitLanes"] = "2" });
        const int events = 300;
        // Every event three times, the third with another body, all at once.
        var posts = Enumerable.Range(0, events * 3).Select(i =>
            world.PostAsync(GatewayWorld.Event($"evt_{i / 3}", "candidate.created", i % 3 == 2 ? "cand_other" : "cand_1"))).ToList();
        var answers = await Task.WhenAll(posts);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal((long)events, await world.ReadAsync<long>("SELECT count(*) FROM grid.webhook_inbox"));
        Assert.Equal((long)events, await world.ReadAsync<long>("SELECT count(*) FROM grid.webhook_conflict"));
        Assert.Equal(events * 3L, await world.ReadAsync<long>("SELECT count(*) FROM grid.outbox WHERE kind = 'audit'"));
        var commits = await world.ReadAsync<long>("SELECT count(DISTINCT xmin::text) FROM grid.outbox");
        Assert.True(commits < events, $"{commits} commits for {events * 3} webhooks");
    }

    private static async Task<bool> WaitingAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'grid.outbox'::regclass", connection);
        return (long)(await command.ExecuteScalarAsync(Ct))! > 0;
    }
}
