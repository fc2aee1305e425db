using System.Collections.Immutable;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Server;
using ComplianceGrid.Api.Identity.Sessions;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using ComplianceGrid.Identity;
using ComplianceGrid.Storage.Identity;
using ComplianceGrid.Tenancy;
using Microsoft.AspNetCore.Identity;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>Who has signed in, where, and how they proved it (RFC 8176).</summary>
internal sealed record SignedIn(Account Account, Membership Membership, SessionRecord Session, ImmutableArray<string> Methods);

/// <summary>The second half of a sign-in: a second factor, and the session that it opens. There is no way around it.</summary>
internal sealed class SignInCompletion(
    OneTimeTokens tokens, AccountDirectory accounts, Memberships memberships, FactorCheck check, SignInGuard guard, AddressGuard addresses, KnownDevice devices,
    AccountSessions sessions, ILookupNormalizer names)
{
    public async Task<SignedIn> CompleteAsync(HttpContext context, Proof proof, CancellationToken ct)
    {
        context.Audit().Did(AuditAction.LoginFailed);
        var (account, pending) = await PendingAsync(proof.TempToken, ct);
        var membership = await ChooseAsync(account, pending, proof.Tenant, ct);
        context.Audit().Member(membership);

        await using var tried = await addresses.BeginAsync(context);
        (var attempt, pending) = await ReserveAsync(context, account, pending, proof, ct);
        if (await check.ProveAsync(context, account, membership, pending, proof, ct) is not { } method)
            throw tried.Wrong(await guard.WrongAsync(context, account.UserName!, attempt));
        if (!await tokens.TakeAsync(proof.TempToken!, ct)) throw Gone();
        await guard.SucceededAsync(account.UserName!, attempt, devices.Remember(context, names.NormalizeName(account.UserName!), pending.Device));
        var key = new SessionKey(membership.Tenant, SessionIds.New());
        var session = await sessions.StartAsync(key, new()
        {
            Account = account.Id,
            Privileged = RoleTable.ArePrivileged(membership.Roles),
            ClientId = GridGrants.FirstParty,
            IpAddress = context.ClientAddress(),
            UserAgent = context.UserAgent(),
        });
        return new(account, membership, session, ["pwd", method, "mfa"]);
    }

    /// <exception cref="GridException">The token is none of a sign-in that has begun.</exception>
    public async Task<(Account Account, PendingSignIn Pending)> PendingAsync(string? token, CancellationToken ct)
    {
        if (token is null || await tokens.LookAsync<PendingSignIn>(token, PendingSignIn.Purpose, ct) is not var (id, pending)) throw Gone();
        return await accounts.FindAsync(id, ct) is { DisabledAt: null } account ? (account, pending) : throw Gone();
    }

    private async Task<Membership> ChooseAsync(Account account, PendingSignIn pending, string? wanted, CancellationToken ct)
    {
        var mine = await memberships.OfAccountAsync(account.Id, ct);
        var chosen = wanted is null ? (mine is [var only] ? only : null) : mine.SingleOrDefault(membership => membership.Tenant.Value == wanted);
        if (chosen is not null && pending.Tenants.Contains(chosen.Tenant.Value)) return chosen;
        throw new GridException(GridError.Invalid, "tenant must be one of the tenants that the first answer named.");
    }

    /// <summary>Before anything is looked at: guesses that come at once share neither the try that the password was reserved as, nor one of a code's tries.</summary>
    /// <returns>The sign-in as it was before it was spent.</returns>
    private async Task<(Guid Attempt, PendingSignIn Pending)> ReserveAsync(HttpContext context, Account account, PendingSignIn pending, Proof proof, CancellationToken ct)
    {
        Guid? own = null;
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            if (pending.Attempt is null && own is null)
            {
                var (attempt, locked) = await guard.BeginAsync(context, account.UserName!, pending.Device);
                if (locked is not null) throw locked;
                own = attempt;
            }

            if (await tokens.ChangeAsync(proof.TempToken!, pending, pending.Spend(proof), ct)) return (own ?? pending.Attempt!.Value, pending);
            (_, pending) = await PendingAsync(proof.TempToken, ct); // something of this sign-in was quicker; no more of them get here than tries are left
        }
    }

    public static GridException Gone() => new(GridError.BadCredentials, "This sign-in is over. Begin again with name and password.");
}
