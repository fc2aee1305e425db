using System.Collections.Immutable;
using ComplianceGrid.Api.Grid;
using ComplianceGrid.Identity;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Identity.Sessions;

/// <summary>An account's sessions, across its tenants: its grain is the system's, so it is called in the system's name.</summary>
internal sealed class AccountSessions(IGrainFactory grains, GridConnection connection)
{
    public async Task<SessionRecord> StartAsync(SessionKey key, StartSession start)
    {
        using var scope = new TenantScope(TenantId.System);
        return await Grain(start.Account).StartSession(key, start);
    }

    /// <summary>Those alive, oldest first.</summary>
    public async Task<ImmutableArray<SessionRecord>> OfAsync(Guid account)
    {
        using var scope = new TenantScope(TenantId.System);
        return await Grain(account).Sessions();
    }

    /// <returns>Null: the account has no such session.</returns>
    public async Task<SessionRecord?> EndAsync(Guid account, Guid session, SessionEndReason reason)
    {
        using var scope = new TenantScope(TenantId.System);
        return await Grain(account).EndSession(session, reason);
    }

    /// <summary>
    /// All but this one. To be called before the change that shuts the others out: where they cannot all be ended nothing is changed, and
    /// asking again does both.
    /// </summary>
    public async Task EndOthersAsync(Guid account, Guid? kept, SessionEndReason reason)
    {
        foreach (var other in (await OfAsync(account)).Where(session => session.Key.Session != kept)) await EndAsync(account, other.Key.Session, reason);
    }

    public async Task EndAllAsync(Guid account, SessionEndReason reason)
    {
        using var scope = new TenantScope(TenantId.System);
        await Grain(account).EndAll(reason);
    }

    private IAccountGrain Grain(Guid account)
    {
        connection.Require();
        return grains.GetGrain<IAccountGrain>(TenantKeys.OfSystem(account));
    }
}
