using System.Collections.Immutable;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Sessions;
using ComplianceGrid.Api.Identity.SignIn;
using ComplianceGrid.Identity;
using ComplianceGrid.Storage.Identity;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>A sign-in of before, as it stands now: the session must live, and what the account is now counts, not what it was.</summary>
internal sealed class SignInRecall(AccountDirectory accounts, Memberships memberships, ISessions sessions)
{
    /// <returns>Null: nothing can be issued by it any more.</returns>
    public async Task<SignedIn?> FindAsync(Guid id, SessionKey key, ImmutableArray<string> methods, CancellationToken ct)
    {
        if (await accounts.FindAsync(id, ct) is not { DisabledAt: null } account) return null;
        if (await memberships.FindAsync(key.Tenant, id, ct) is not { } membership) return null;
        return await LivingAsync(key) is { } session && session.Start.Account == id ? new(account, membership, session, methods) : null;
    }

    private async Task<SessionRecord?> LivingAsync(SessionKey key)
    {
        try
        {
            return await sessions.GetAsync(key) is { IsAlive: true } session ? session : null;
        }
        catch (GridException gone) when (gone.Error == GridError.NotFound)
        {
            return null;
        }
    }
}
