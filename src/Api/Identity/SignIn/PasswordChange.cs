using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Passwords;
using ComplianceGrid.Api.Identity.Sessions;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Identity;
using ComplianceGrid.Storage.Identity;
using Microsoft.AspNetCore.Identity;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>
/// Whoever is signed in chooses another password. The present one is asked for, and a wrong one is a failed try like at a sign-in: who found
/// a device unlocked cannot guess it here. All other sessions end first: once the new password is in force, none of before lives.
/// </summary>
internal sealed class PasswordChange(
    SignInGuard guard, AccountDirectory accounts, Memberships memberships, PasswordHasher hasher, ChosenPassword passwords, AccountSessions sessions,
    KnownDevice devices, ILookupNormalizer names)
{
    public async Task ChangeAsync(HttpContext context, string present, string chosen, CancellationToken ct)
    {
        var caller = context.Caller();
        if (caller.Account is not { } id || await accounts.FindAsync(id, ct) is not { DisabledAt: null } account)
            throw new GridException(GridError.NotFound, "This token is of no account.");
        var name = account.UserName!;
        var device = devices.Read(context, names.NormalizeName(name));
        var (attempt, locked) = await guard.BeginAsync(context, name, device);
        if (locked is not null) throw locked;
        var stored = (await accounts.PasswordsAsync(id, 1, ct)).FirstOrDefault();
        if (stored is null || await hasher.VerifyAsync(present, stored, ct) == PasswordVerdict.Wrong) throw await guard.WrongAsync(context, name, attempt);

        await guard.SucceededAsync(name, attempt, device);
        var hash = await passwords.HashAsync(account, await memberships.OfAccountAsync(id, ct), chosen, ct);
        await sessions.EndOthersAsync(id, caller.Session, SessionEndReason.PasswordChanged);
        if (!await passwords.SetAsync(account, stored, hash, ct)) throw new GridException(GridError.BadCredentials, "Another password was set meanwhile. Sign in by it.");
    }
}
