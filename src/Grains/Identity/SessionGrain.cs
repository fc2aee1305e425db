using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

/// <summary>Loads, calls the rule, saves. Asking reads nothing from the database.</summary>
internal sealed class SessionGrain(
    [PersistentState("session", GridStorage.ProviderName)] IPersistentState<SessionState> state,
    SessionLimits limits,
    TimeProvider clock) : Grain, ISessionGrain
{
    private static readonly TimeSpan StoredEvery = TimeSpan.FromMinutes(1);

    /// <summary>The last activity as it is stored; what came since is in memory.</summary>
    private DateTimeOffset _stored;

    private SessionKey Key => SessionKey.Parse(this.GetPrimaryKeyString());

    private DateTimeOffset Now => clock.GetUtcNow().ToMicroseconds();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _stored = state.State.LastActivityAt;
        return Task.CompletedTask;
    }

    public async Task<SessionRecord> Start(StartSession start)
    {
        Checks.Text("clientId", start.ClientId);
        start = start with { IpAddress = Cut(start.IpAddress), UserAgent = Cut(start.UserAgent) };
        if (state.State.Start is { } started && started != start) throw new GridException(GridError.AlreadyExists, "Another session has this id.");
        if (state.State is { Start: null, Ended: not null }) throw new GridException(GridError.NotFound, "The session was ended before it began: sign in again.");
        if (state.State.Start is null) await SaveAsync(SessionRule.Begin(start, limits, Now));
        return await Get();
    }

    public async Task<SessionRecord> Get()
    {
        var now = SessionRule.Expire(SessionRule.Settle(state.State, limits, Now), limits, Now);
        try
        {
            if (!ReferenceEquals(now, state.State)) await SaveAsync(now);
        }
        catch (OrleansException e) when (e.InnerException is GridException)
        {
            // Not on record yet: the sweep tries again. The answer holds all the same.
        }

        return RecordOf(now) ?? throw new GridException(GridError.NotFound, "There is no such session: sign in.");
    }

    public async Task Touch(DateTimeOffset at)
    {
        var now = Now;
        var touched = SessionRule.Touch(SessionRule.Settle(state.State, limits, now), at.ToMicroseconds(), limits, now);
        if (touched.Start is null) return;
        var next = SessionRule.Expire(touched, limits, now);
        var isDue = next.LastActivityAt - _stored >= StoredEvery || next.LastActivityAt < _stored;
        if (isDue || !ReferenceEquals(next, touched)) await SaveAsync(next);
        else state.State = next with { Commit = StateCommit.None };
    }

    public async Task<SessionRecord?> End(SessionEndReason reason)
    {
        var next = SessionRule.End(SessionRule.Settle(state.State, limits, Now), reason, limits, Now);
        if (!ReferenceEquals(next, state.State)) await SaveAsync(next);
        return RecordOf(next);
    }

    public async Task Refresh()
    {
        if (!state.RecordExists) return;
        var now = Now;
        var next = SessionRule.Expire(SessionRule.Settle(state.State, limits, now), limits, now);
        if (next.Ended is not { } ended || now < ended.At + limits.KeepEnded || state.State.Ended is null)
        {
            await SaveAsync(next); // also when nothing changed: it must not stay due
            return;
        }

        await state.ForgetAsync(new SessionState());
        DeactivateOnIdle();
    }

    private async Task SaveAsync(SessionState next)
    {
        await state.SaveAsync(new SessionCommit(Key, limits, Now).Of(state.State, next));
        _stored = next.LastActivityAt;
    }

    private SessionRecord? RecordOf(SessionState it) => it.Start is null ? null : new()
    {
        Key = Key,
        Start = it.Start,
        StartedAt = it.StartedAt,
        LastActivityAt = it.LastActivityAt,
        EndsAt = it.EndsAt,
        Ended = it.Ended,
    };

    private static string? Cut(string? text) => text?.Length > Checks.MaxLength ? text[..Checks.MaxLength] : text;
}
