using ComplianceGrid.Audit;
using ComplianceGrid.Hosting;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

public sealed class AccountGrainTests(TestGrid grid) : GrainTest(grid)
{
    private Guid AccountId => Key.Employee;

    private IAccountGrain Account => Grid.Account(AccountId);

    private StartSession Started => new() { Account = AccountId, Privileged = false, ClientId = "web", IpAddress = "192.0.2.1", UserAgent = "browser" };

    private SessionKey NewSession(TenantId? tenant = null) => new(tenant ?? Tenant, Guid.CreateVersion7(Grid.Clock.Now));

    private Task<string?> FeedAsync(params Guid[] sessions) =>
        Grid.ValueAsync<string>("SELECT string_agg(array_position($1, session_id)::text, ' ' ORDER BY number) FROM grid.session_end WHERE session_id = ANY ($1)", sessions);

    [Fact]
    public async Task A_session_starts_once_is_listed_and_ends_once()
    {
        var key = NewSession();
        var record = await Account.StartSession(key, Started);
        Assert.Equal((true, Given.Monday, Given.Monday.AddHours(12)), (record.IsAlive, record.StartedAt, record.EndsAt));
        Grid.Clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(record, await Account.StartSession(key, Started)); // delivered twice
        Assert.Equal([record], await Account.Sessions());
        await RefusedAsync(GridError.AlreadyExists, () => Account.StartSession(key, Started with { ClientId = "other" }));
        await RefusedAsync(GridError.Invalid, () => Account.StartSession(NewSession(), Started with { Account = key.Session }));

        var ended = await Account.EndSession(key.Session, SessionEndReason.SignedOut);
        Assert.Equal(new(Grid.Clock.Now, SessionEndReason.SignedOut), ended!.Ended);
        Assert.Equal(ended, await Account.EndSession(key.Session, SessionEndReason.Killed));
        Assert.Empty(await Account.Sessions());
        Assert.Null(await Account.EndSession(AccountId, SessionEndReason.Killed));
        Assert.Equal("1", await FeedAsync(key.Session));
        var entry = Assert.Single(await Grid.AuditAsync(Tenant));
        Assert.Equal((AuditAction.Logout, "sessions", key.Session.ToString("D"), "user-1"), (entry.Action, entry.Resource, entry.ResourceId, entry.UserId));
    }

    [Fact]
    public async Task A_fourth_ends_the_oldest_in_whichever_tenant()
    {
        TenantId other = new(Tenant.Value + "-b");
        SessionKey[] keys = [NewSession(other), NewSession(), NewSession(), NewSession(), NewSession()];
        foreach (var key in keys)
        {
            Grid.Clock.Now += TimeSpan.FromSeconds(1);
            await Account.StartSession(key, Started);
        }

        Assert.Equal(keys[2..], (await Account.Sessions()).Select(session => session.Key));
        Assert.Equal(SessionEndReason.TooMany, (await Grid.Session(keys[0]).Get()).Ended!.Reason);
        Assert.Equal("1 2", await FeedAsync([.. keys.Select(key => key.Session)]));
        Assert.Equal(AuditAction.SessionEnded, Assert.Single(await Grid.AuditAsync(other)).Action);
    }

    [Fact]
    public async Task All_end_and_what_was_on_its_way_does_not_begin_any_more()
    {
        SessionKey first = NewSession(), late = NewSession();
        await Account.StartSession(first, Started);
        await Account.EndAll(SessionEndReason.PasswordChanged);
        Assert.Empty(await Account.Sessions());
        Assert.Equal(SessionEndReason.PasswordChanged, (await Grid.Session(first).Get()).Ended!.Reason);
        Assert.Null(await Grid.Session(late).End(SessionEndReason.PasswordChanged)); // its start was held up
        await RefusedAsync(GridError.NotFound, () => Grid.Session(late).Start(Started));
        Assert.Equal(0L, await Grid.ValueAsync<long>("SELECT count(*) FROM grid.grain_state WHERE grain_key = $1", TenantKeys.OfSystem(AccountId)));
    }

    [Fact]
    public async Task Ends_that_were_stored_and_not_done_are_done_by_the_sweep_on_another_silo()
    {
        var key = NewSession();
        await Account.StartSession(key, Started);
        await Grid.BreakFeedAsync(broken: true); // the session's end cannot be written
        await Assert.ThrowsAsync<GridException>(() => Account.EndAll(SessionEndReason.AccountDisabled));
        Assert.True((await Grid.Session(key).Get()).IsAlive);
        await Grid.BreakFeedAsync(broken: false);
        await Grid.RestartAsync();
        Assert.Equal(Grid.Clock.Now, await Grid.ValueAsync<DateTime>("SELECT due_at FROM grid.grain_state WHERE grain_key = $1", TenantKeys.OfSystem(AccountId)));
        await Account.Refresh();
        Assert.Equal(SessionEndReason.AccountDisabled, (await Grid.Session(key).Get()).Ended!.Reason);
    }

    [Fact]
    public async Task An_idle_session_ends_by_time_once_on_record_and_is_forgotten_a_day_later()
    {
        var key = NewSession();
        await Account.StartSession(key, Started);
        Grid.Clock.Now += TimeSpan.FromMinutes(14);
        await Grid.Session(key).Touch(Grid.Clock.Now);
        await Grid.RestartAsync();
        Grid.Clock.Now += TimeSpan.FromMinutes(14);
        Assert.True((await Grid.Session(key).Get()).IsAlive);
        Grid.Clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(new(Grid.Clock.Now, SessionEndReason.Idle), (await Grid.Session(key).Get()).Ended);
        await Grid.Session(key).Refresh();
        await Grid.Session(key).Touch(Grid.Clock.Now);
        Assert.Equal(AuditAction.SessionExpired, Assert.Single(await Grid.AuditAsync(Tenant)).Action);
        Assert.Equal("1", await FeedAsync(key.Session));

        Grid.Clock.Now += TimeSpan.FromDays(1);
        await Grid.Session(key).Refresh();
        await RefusedAsync(GridError.NotFound, () => Grid.Session(key).Get());
        Assert.Equal("1", await FeedAsync(key.Session)); // it does not end a second time
        Assert.Equal(0L, await Grid.ValueAsync<long>("SELECT count(*) FROM grid.grain_state WHERE grain_key = $1", key.ToString()));
    }

    [Fact]
    public async Task Activity_is_stored_once_a_minute()
    {
        var key = NewSession();
        await Account.StartSession(key, Started with { Privileged = true });
        for (var n = 1; n <= 120; n++)
        {
            Grid.Clock.Now += TimeSpan.FromSeconds(1);
            await Grid.Session(key).Touch(Grid.Clock.Now);
        }

        var record = await Grid.Session(key).Get();
        Assert.Equal((Grid.Clock.Now, Given.Monday.AddHours(1)), (record.LastActivityAt, record.EndsAt));
        Assert.Equal(3L, await Grid.ValueAsync<long>("SELECT version FROM grid.grain_state WHERE grain_key = $1", key.ToString()));
    }
}
