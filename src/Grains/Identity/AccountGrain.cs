using System.Collections.Immutable;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

/// <summary>Keeps the list, and calls the sessions: each in its own tenant's name, which no caller of this grain could lend itself.</summary>
internal sealed class AccountGrain(
    [PersistentState("account", GridStorage.ProviderName)] IPersistentState<AccountState> state,
    SessionLimits limits,
    TimeProvider clock) : Grain, IAccountGrain
{
    private Guid Account => TenantKeys.TryParse(this.GetPrimaryKeyString(), out _, out var id) ? id : throw new FormatException("Not an account's key.");

    public async Task<SessionRecord> StartSession(SessionKey key, StartSession start)
    {
        if (start.Account != Account) throw Checks.Invalid("A session is started by its own account.");
        Checks.Text("clientId", start.ClientId);
        if (!state.State.Sessions.Contains(key)) await ListAsync(key);
        await EndPendingAsync(); // first, so that no more are alive than may be
        return await CallAsync(key, session => session.Start(start));
    }

    public async Task<ImmutableArray<SessionRecord>> Sessions()
    {
        var records = ImmutableArray.CreateBuilder<SessionRecord>();
        foreach (var key in state.State.Sessions)
        {
            if (await FindAsync(key) is { IsAlive: true } record) records.Add(record);
        }

        return records.ToImmutable();
    }

    public async Task<SessionRecord?> EndSession(Guid session, SessionEndReason reason)
    {
        foreach (var key in state.State.Sessions)
        {
            if (key.Session == session) return await CallAsync(key, it => it.End(reason)); // leaves the list with the next that begins
        }

        return null;
    }

    public async Task EndAll(SessionEndReason reason)
    {
        if (!state.State.Sessions.IsEmpty) await SaveAsync(AccountRule.EndAll(state.State, reason));
        await EndPendingAsync();
    }

    public async Task Refresh()
    {
        if (!state.State.Ending.IsEmpty) await EndPendingAsync();
        else if (state.RecordExists) await SaveAsync(state.State); // it must not stay due; a write also tells an outdated activation that it is one
    }

    private async Task ListAsync(SessionKey session)
    {
        var standing = new Dictionary<SessionKey, bool?>();
        foreach (var key in state.State.Sessions) standing[key] = (await FindAsync(key))?.IsAlive;
        await SaveAsync(AccountRule.Admit(state.State, standing, session, limits.AtOnce));
    }

    private async Task EndPendingAsync()
    {
        if (state.State.Ending.IsEmpty) return;
        foreach (var (key, reason) in state.State.Ending) await CallAsync(key, session => session.End(reason));
        if (state.State.Sessions.IsEmpty) await state.ForgetAsync(new AccountState());
        else await SaveAsync(state.State with { Ending = [] });
    }

    /// <summary>Due at once while sessions shall end: the sweep goes on where this process may die.</summary>
    private Task SaveAsync(AccountState next) =>
        state.SaveAsync(next with { Commit = new() { DueAt = next.Ending.IsEmpty ? null : clock.GetUtcNow().ToMicroseconds() } });

    /// <returns>Null: it never began, or ended long ago.</returns>
    private async Task<SessionRecord?> FindAsync(SessionKey key)
    {
        try
        {
            return await CallAsync(key, session => session.Get());
        }
        catch (GridException e) when (e.Error == GridError.NotFound)
        {
            return null;
        }
    }

    private async Task<T> CallAsync<T>(SessionKey key, Func<ISessionGrain, Task<T>> call)
    {
        using var scope = new TenantScope(key.Tenant);
        return await call(GrainFactory.GetGrain<ISessionGrain>(key.ToString()));
    }
}
